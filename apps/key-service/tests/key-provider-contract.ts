import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commitDek, providerByte, RecordRefusedError, type DekBinding, type WrappedDek } from '@tacet/sealed-record';
import type { KeyProvider } from '../src/providers/key-provider.ts';

/** A provider under test, with what only its own test can do to it. */
export interface ProviderUnderTest {
  readonly provider: KeyProvider;
  /** Whether the provider itself binds a blob to its context (a KMS that cannot leaves it to the commitment). */
  readonly bindsContext: boolean;
  /** Takes a version away as an operator would, and gives it back. */
  disable(kekId: string, version: number): Promise<void>;
  enable(kekId: string, version: number): Promise<void>;
  stop(): Promise<void>;
}

/** What every provider must hold to: `make` starts one that has no key yet. */
export function describeKeyProvider(name: string, make: () => Promise<ProviderUnderTest>): void {
  describe(`${name} as a key provider`, () => {
    let under: ProviderUnderTest | undefined;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under?.stop());
    const current = () => {
      if (!under) throw new Error('the provider is not there yet');
      return under;
    };
    testVersions(current);
    testWrapping(current);
    testDisabling(current);
  });
}

type Current = () => ProviderUnderTest;

const disabled = { name: 'TacetError', code: 'kek_disabled' };
const secret = createSecretKey(randomBytes(32));

function bindingOf(provider: KeyProvider, kekId: string): DekBinding {
  return { provider: providerByte[provider.name], kekId, dekVersion: 7, accountId: randomBytes(16), createdMs: 1_790_000_000_000, commitment: commitDek(secret) };
}

async function wrap(provider: KeyProvider, kekId: string, kekVersion: number, binding = bindingOf(provider, kekId)): Promise<WrappedDek> {
  return { ...binding, kekVersion, blob: await provider.wrap(kekVersion, binding, secret) };
}

function testVersions(current: Current): void {
  test('it has no version before one is made, and versions count up from there', async () => {
    const { provider } = current();
    expect(await provider.describe()).toEqual([]);
    expect(await provider.rotate('one', 0)).toBe(1);
    expect(await provider.rotate('one', 1)).toBe(2);
    expect(await provider.rotate('two', 0)).toBe(1);
    expect(await provider.describe()).toEqual([{ kekId: 'one', version: 1 }, { kekId: 'one', version: 2 }, { kekId: 'two', version: 1 }]);
  });

  test('a version that was used elsewhere is never made again', async () => {
    const { provider } = current();
    expect(await provider.rotate('three', 0)).toBe(1);
    expect(await provider.rotate('three', 41)).toBe(42);
  });

  test('rotations at the same time make different versions', async () => {
    const { provider } = current();
    const versions = await Promise.all(Array.from({ length: 5 }, () => provider.rotate('four', 0)));
    expect(new Set(versions).size).toBe(5);
  });
}

function testWrapping(current: Current): void {
  test('what is wrapped unwraps to itself, and no two wrappings are alike', async () => {
    const { provider } = current();
    const binding = bindingOf(provider, 'one');
    const [first, second] = [await wrap(provider, 'one', 1, binding), await wrap(provider, 'one', 1, binding)];
    expect(Buffer.compare(first.blob, second.blob)).not.toBe(0);
    expect((await provider.unwrap(first)).equals(secret)).toBe(true);
    expect((await provider.unwrap(second)).equals(secret)).toBe(true);
    expect(Buffer.from(first.blob).includes(secret.export())).toBe(false);
  });

  test('a changed or cut blob, another version and another key are refused', async () => {
    const { provider } = current();
    const wrapped = await wrap(provider, 'one', 1);
    const changed = Buffer.from(wrapped.blob);
    changed[changed.length - 1]! ^= 1;
    await expect(provider.unwrap({ ...wrapped, blob: changed })).rejects.toBeInstanceOf(RecordRefusedError);
    await expect(provider.unwrap({ ...wrapped, blob: wrapped.blob.subarray(1) })).rejects.toBeInstanceOf(RecordRefusedError);
    await expect(provider.unwrap({ ...wrapped, blob: Buffer.alloc(0) })).rejects.toBeInstanceOf(RecordRefusedError);
    await expect(provider.unwrap({ ...wrapped, kekVersion: 2 })).rejects.toBeInstanceOf(RecordRefusedError);
    await expect(provider.unwrap({ ...wrapped, kekId: 'two' })).rejects.toBeInstanceOf(RecordRefusedError);
  });

  test('where the provider binds the context, another context is refused', async () => {
    const { provider } = current();
    if (!current().bindsContext) return;
    const wrapped = await wrap(provider, 'one', 1);
    const others: Partial<WrappedDek>[] = [{ dekVersion: 8 }, { accountId: randomBytes(16) }, { createdMs: 1 }, { commitment: randomBytes(32) }];
    for (const other of others) await expect(provider.unwrap({ ...wrapped, ...other })).rejects.toBeInstanceOf(RecordRefusedError);
  });

  test('rewrapping moves the same secret to another version, and leaves the old wrapping as it was', async () => {
    const { provider } = current();
    const wrapped = await wrap(provider, 'one', 1);
    const moved = { ...wrapped, kekVersion: 2, blob: await provider.rewrap(wrapped, 2) };
    expect((await provider.unwrap(moved)).equals(secret)).toBe(true);
    expect((await provider.unwrap(wrapped)).equals(secret)).toBe(true);
    await expect(provider.unwrap({ ...moved, kekVersion: 1 })).rejects.toBeInstanceOf(RecordRefusedError);
  });
}

function testDisabling(current: Current): void {
  test('an unknown version or key is kek_disabled, whatever its name', async () => {
    const { provider } = current();
    const wrapped = await wrap(provider, 'one', 1);
    await expect(provider.unwrap({ ...wrapped, kekVersion: 99 })).rejects.toMatchObject(disabled);
    await expect(wrap(provider, 'one', 99)).rejects.toMatchObject(disabled);
    for (const kekId of ['nobody', '', '../one', 'one/../one', 'One', 'a\u0000', 'x'.repeat(65)]) {
      await expect(provider.unwrap({ ...wrapped, kekId })).rejects.toMatchObject(disabled);
      await expect(provider.health({ kekId, version: 1 })).rejects.toMatchObject(disabled);
    }
  });

  test('a disabled version is kek_disabled for everything, others go on, and it works again when it is back', async () => {
    const { provider } = current();
    const [wrapped, other] = [await wrap(provider, 'one', 1), await wrap(provider, 'one', 2)];
    await provider.health({ kekId: 'one', version: 1 });
    await current().disable('one', 1);
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
    await expect(provider.rewrap(wrapped, 2)).rejects.toMatchObject(disabled);
    await expect(wrap(provider, 'one', 1)).rejects.toMatchObject(disabled);
    await expect(provider.health({ kekId: 'one', version: 1 })).rejects.toMatchObject(disabled);
    expect((await provider.unwrap(other)).equals(secret)).toBe(true);
    await current().enable('one', 1);
    await provider.health({ kekId: 'one', version: 1 });
    expect((await provider.unwrap(wrapped)).equals(secret)).toBe(true);
  });

  test('a destroyed version never unwraps again, is not made again, and can be destroyed again', async () => {
    const { provider } = current();
    const wrapped = await wrap(provider, 'two', 1);
    await provider.destroyVersion({ kekId: 'two', version: 1 });
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
    expect(await provider.describe()).not.toContainEqual({ kekId: 'two', version: 1 });
    await provider.destroyVersion({ kekId: 'two', version: 1 });
    await provider.destroyVersion({ kekId: '../two', version: 1 });
    expect(await provider.rotate('two', 1)).toBe(2);
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
  });
}
