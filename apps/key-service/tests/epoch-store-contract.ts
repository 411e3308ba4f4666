import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EpochStore } from '../src/epochs/epoch-store.ts';

/** Two replicas' views of one empty store. */
export interface StoresUnderTest {
  readonly one: EpochStore;
  readonly other: EpochStore;
  stop(): Promise<void>;
}

/** What every store of epoch secrets must hold to. Its epochs are ahead of the real clock. */
export function describeEpochStore(name: string, make: () => Promise<StoresUnderTest>): void {
  describe(`${name} as a store of epochs`, () => {
    let stores: StoresUnderTest | undefined;
    const current = () => {
      if (!stores) throw new Error('the store is not there yet');
      return stores;
    };
    const first = Math.floor(Date.now() / 300_000) + 10;
    beforeAll(async () => {
      stores = await make();
    });
    afterAll(() => stores?.stop());

    test('it has nothing at first', async () => {
      expect(await current().one.list()).toEqual([]);
      expect(await current().one.read(first)).toBeUndefined();
      expect(await current().one.destroy(first)).toBe(false);
    });

    test('of many writers of an epoch one wins, and all read what it wrote', async () => {
      const { one, other } = current();
      const secrets = Array.from({ length: 8 }, () => randomBytes(150));
      const won = await Promise.all(secrets.map((secret, i) => (i % 2 === 0 ? one : other).create(first, secret)));
      expect(won.filter(Boolean)).toHaveLength(1);
      const winner = secrets[won.indexOf(true)]!;
      expect(await one.read(first)).toEqual(winner);
      expect(await other.read(first)).toEqual(winner);
    });

    test('a secret is replaced for all at once, and any byte comes back as it was', async () => {
      const { one, other } = current();
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await one.replace(first, every);
      expect(await other.read(first)).toEqual(every);
    });

    test('the list has every epoch once, in order', async () => {
      const { one, other } = current();
      for (const epoch of [first + 12, first + 3, first + 111]) expect(await one.create(epoch, randomBytes(8))).toBe(true);
      expect(await other.list()).toEqual([first, first + 3, first + 12, first + 111]);
    });

    test('a destroyed secret is gone for all, once, and can be destroyed again', async () => {
      const { one, other } = current();
      const destroyed = await Promise.all([one.destroy(first), other.destroy(first)]);
      expect(destroyed.filter(Boolean)).toHaveLength(1);
      expect(await one.read(first)).toBeUndefined();
      expect(await other.destroy(first)).toBe(false);
      expect(await other.list()).not.toContain(first);
    });

    test('what killed processes left is cleared away, and secrets stay', async () => {
      const { one } = current();
      await one.removeUnfinished(Date.now());
      expect(await one.read(first + 3)).toHaveLength(8);
    });
  });
}
