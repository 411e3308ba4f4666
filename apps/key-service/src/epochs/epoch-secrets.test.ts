import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openPool, type Pool } from '@tacet/database';
import { createNonceSource, type WrappedDek } from '@tacet/sealed-record';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import { onlyProvider } from '../../tests/only-provider.ts';
import { KekRing } from '../keks/kek-ring.ts';
import type { KeyProvider } from '../providers/key-provider.ts';
import { openLocalProvider, type LocalProvider } from '../providers/local-provider.ts';
import { openEpochFiles, type EpochFiles } from './epoch-files.ts';
import { EpochSecrets } from './epoch-secrets.ts';
import { epochEndMs, epochOf } from './epoch.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-epoch-secrets-'));
const at = { wall: 1_790_000_000_000, monotonic: 0 };
const clocks = { wall: () => at.wall, monotonic: () => at.monotonic };
let database: TestDatabase;
let pool: Pool;
let provider: LocalProvider;
let ring: KekRing;
let files: EpochFiles;

beforeAll(async () => {
  database = await createTestDatabase('keystore');
  pool = await openPool({ url: database.urlOf('tacet_key_service'), applicationName: 'test', connectionsMax: 4 });
  provider = await openLocalProvider('TACET_X', join(folder, 'keks'), createNonceSource());
  ring = new KekRing(pool, onlyProvider(provider), clocks.wall);
  await ring.open();
}, 60_000);

beforeEach(async () => {
  at.wall = 1_790_000_000_000;
  await rm(join(folder, 'epochs'), { recursive: true, force: true });
  files = await openEpochFiles('TACET_X', join(folder, 'epochs'));
});

afterAll(async () => {
  await pool.end();
  await database.stop();
  await rm(folder, { recursive: true });
});

const soon = () => epochOf(at.wall) + 3;

function createSecrets(of: KekRing = ring): EpochSecrets {
  return new EpochSecrets({ store: files, ring: of, cacheMs: 60_000, clocks, onSwept: () => undefined, onSweepFailed: () => undefined });
}

/** The ring with a provider whose first unwrapping lets something else happen before. */
function ringThatLets(happen: () => Promise<void>): KekRing {
  let first = true;
  const slow: KeyProvider = Object.assign(Object.create(provider) as KeyProvider, {
    name: provider.name,
    unwrap: async (wrapped: WrappedDek) => {
      if (first) await happen();
      first = false;
      return provider.unwrap(wrapped);
    },
    rewrap: async (wrapped: WrappedDek, to: number) => {
      const blob = await provider.rewrap(wrapped, to);
      if (first) await happen();
      first = false;
      return blob;
    },
  });
  return new KekRing(pool, onlyProvider(slow), clocks.wall);
}

test('the secret of an epoch is the same for all who share the folder, and only sealing makes one', async () => {
  const epoch = soon();
  const [one, other] = [createSecrets(), createSecrets()];
  expect(await other.forOpening(epoch)).toBeUndefined();
  expect(await files.list()).toEqual([]);
  const made = await one.forSealing(epoch);
  expect((await other.forOpening(epoch))?.equals(made)).toBe(true);
  expect((await other.forSealing(epoch)).equals(made)).toBe(true);
  expect((await one.forSealing(epoch + 1)).equals(made)).toBe(false);
});

test('at its end a secret opens nothing more, whether or not anybody has destroyed it yet', async () => {
  const epoch = soon();
  const secrets = createSecrets();
  await secrets.forSealing(epoch);
  at.wall = epochEndMs(epoch) - 1;
  expect(await secrets.forOpening(epoch)).toBeDefined();
  at.wall = epochEndMs(epoch);
  expect(await files.list()).toEqual([epoch]);
  expect(await secrets.forOpening(epoch)).toBeUndefined();
  expect(await createSecrets().forOpening(epoch)).toBeUndefined();
  expect(await secrets.sweep()).toEqual({ destroyed: 1, alive: 0 });
  expect(await secrets.sweep()).toEqual({ destroyed: 0, alive: 0 });
});

test('an epoch that is too far ahead has no secret, even if its file is there', async () => {
  const epoch = soon();
  const secrets = createSecrets();
  await secrets.forSealing(epoch);
  at.wall -= 2 * 86_400_000;
  expect(await createSecrets().forOpening(epoch)).toBeUndefined();
});

test('a secret that ends while it is being rewrapped does not come back', async () => {
  const epoch = soon();
  await createSecrets().forSealing(epoch);
  const to = await ring.rotate();
  const secrets = createSecrets(
    ringThatLets(async () => {
      at.wall = epochEndMs(epoch);
      await createSecrets().sweep();
      expect(await files.list()).toEqual([]);
    }),
  );
  await secrets.rewrapAll(to);
  expect(await files.list()).toEqual([]);
});

test('a secret that is rewrapped, and whose old KEK version is destroyed, while it is being read is read again', async () => {
  const epoch = soon();
  const { kek } = (await ring.describeActive())!;
  const made = await createSecrets().forSealing(epoch);
  const secrets = createSecrets(
    ringThatLets(async () => {
      expect(await createSecrets().rewrapAll(await ring.rotate())).toBe(0);
      await provider.destroyVersion(kek);
    }),
  );
  expect((await secrets.forOpening(epoch))?.equals(made)).toBe(true);
});

test('how many secrets need a KEK version counts the living ones', async () => {
  const secrets = createSecrets();
  const { kek } = (await ring.describeActive())!;
  for (const epoch of [soon(), soon() + 1, soon() + 2]) await secrets.forSealing(epoch);
  await files.replace(soon() + 3, Buffer.from('not a secret'));
  expect(await secrets.countWrappedBy(kek)).toBe(3);
  expect(await secrets.countWrappedBy({ ...kek, version: kek.version + 1 })).toBe(0);
  at.wall = epochEndMs(soon());
  expect(await secrets.countWrappedBy(kek)).toBe(2);
});
