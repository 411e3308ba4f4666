import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commitDek, providerByte, RecordRefusedError, type DekBinding, type WrappedDek } from '@tacet/sealed-record';
import type { KeyProvider } from '../src/providers/key-provider.ts';
import { rewrapSecret, unwrapSecret, wrapSecret } from '../src/providers/wrapped-secret.ts';

/** A provider under test, with what only its own test can do to it. */
export interface ProviderUnderTest {
  readonly provider: KeyProvider;
  /** Whether the provider itself binds a blob to its context (a KMS that cannot leaves it to the commitment). */
  readonly bindsContext: boolean;
  /** `kek_id` of a key: with what the provider puts in front of its own. */
  readonly id: (key: string) => string;
  /**
   * What a stand-in that others made is known to do otherwise than the real thing: it refuses another key's blob with
   * another error, or rewraps from a key that is disabled.
   */
  readonly differsIn?: readonly ('other keys' | 'disabled sources')[];
  /** How a provider that is not in this process can fail; undefined: it is in this process. */
  readonly faults?: ProviderFaults;
  /** Takes a version away as an operator would, and gives it back. */
  disable(kekId: string, version: number): Promise<void>;
  enable(kekId: string, version: number): Promise<void>;
  stop(): Promise<void>;
}

/** Each lets the provider fail in its way until `heal`. */
export interface ProviderFaults {
  /** It takes calls and does not answer them. */
  slow(): void;
  /** It answers that it does not serve. */
  gone(): void;
  /** It answers what belongs to somebody else. */
  swaps(): void;
  /** It answers what is not of its own protocol. */
  nonsense(): void;
  heal(): void;
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
    testFaults(current);
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
    const { provider, id } = current();
    expect(await provider.describe()).toEqual([]);
    expect(await provider.rotate(id('one'), 0)).toBe(1);
    expect(await provider.rotate(id('one'), 1)).toBe(2);
    expect(await provider.rotate(id('two'), 0)).toBe(1);
    expect(await provider.describe(id('two'))).toEqual([{ kekId: id('two'), version: 1 }]);
    expect(await provider.describe()).toEqual([{ kekId: id('one'), version: 1 }, { kekId: id('one'), version: 2 }, { kekId: id('two'), version: 1 }]);
  });

  test('a version that was used elsewhere is never made again', async () => {
    const { provider, id } = current();
    expect(await provider.rotate(id('three'), 0)).toBe(1);
    expect(await provider.rotate(id('three'), 41)).toBe(42);
  });

  test('rotations at the same time make different versions', async () => {
    const { provider, id } = current();
    const versions = await Promise.all(Array.from({ length: 5 }, () => provider.rotate(id('four'), 0)));
    expect(new Set(versions).size).toBe(5);
  });
}

/** Of a blob under another key or version, or whose beginning, which may name the key, is cut. */
async function expectRefusal({ differsIn }: ProviderUnderTest, opening: Promise<unknown>): Promise<void> {
  if (differsIn?.includes('other keys')) await expect(opening).rejects.toMatchObject({ name: expect.stringMatching(/^(TacetError|RecordRefusedError)$/) });
  else await expect(opening).rejects.toBeInstanceOf(RecordRefusedError);
}

function testWrapping(current: Current): void {
  test('what is wrapped unwraps to itself, and no two wrappings are alike', async () => {
    const { provider, id } = current();
    const binding = bindingOf(provider, id('one'));
    const [first, second] = [await wrap(provider, id('one'), 1, binding), await wrap(provider, id('one'), 1, binding)];
    expect(Buffer.compare(first.blob, second.blob)).not.toBe(0);
    expect((await provider.unwrap(first)).equals(secret)).toBe(true);
    expect((await provider.unwrap(second)).equals(secret)).toBe(true);
    expect(Buffer.from(first.blob).includes(secret.export())).toBe(false);
  });

  test('a changed or cut blob, another version and another key are refused', async () => {
    const { provider, id } = current();
    const wrapped = await wrap(provider, id('one'), 1);
    const changed = Buffer.from(wrapped.blob);
    changed[changed.length - 1]! ^= 1;
    await expect(provider.unwrap({ ...wrapped, blob: changed })).rejects.toBeInstanceOf(RecordRefusedError);
    await expectRefusal(current(), provider.unwrap({ ...wrapped, blob: wrapped.blob.subarray(1) }));
    await expect(provider.unwrap({ ...wrapped, blob: Buffer.alloc(0) })).rejects.toBeInstanceOf(RecordRefusedError);
    await expectRefusal(current(), provider.unwrap({ ...wrapped, kekVersion: 2 }));
    await expectRefusal(current(), provider.unwrap({ ...wrapped, kekId: id('two') }));
  });

  test('where the provider binds the context, another context is refused', async () => {
    const { provider, id } = current();
    if (!current().bindsContext) return;
    const wrapped = await wrap(provider, id('one'), 1);
    const others: Partial<WrappedDek>[] = [{ dekVersion: 8 }, { accountId: randomBytes(16) }, { createdMs: 1 }, { commitment: randomBytes(32) }];
    for (const other of others) await expect(provider.unwrap({ ...wrapped, ...other })).rejects.toBeInstanceOf(RecordRefusedError);
  });

  test('rewrapping moves the same secret to another version, and leaves the old wrapping as it was', async () => {
    const { provider, id } = current();
    const wrapped = await wrap(provider, id('one'), 1);
    const moved = { ...wrapped, kekVersion: 2, blob: await provider.rewrap(wrapped, 2) };
    expect((await provider.unwrap(moved)).equals(secret)).toBe(true);
    expect((await provider.unwrap(wrapped)).equals(secret)).toBe(true);
    await expectRefusal(current(), provider.unwrap({ ...moved, kekVersion: 1 }));
  });
}

function testDisabling(current: Current): void {
  test('an unknown version or key is kek_disabled, whatever its name', async () => {
    const { provider, id } = current();
    const wrapped = await wrap(provider, id('one'), 1);
    await expect(provider.unwrap({ ...wrapped, kekVersion: 99 })).rejects.toMatchObject(disabled);
    await expect(wrap(provider, id('one'), 99)).rejects.toMatchObject(disabled);
    for (const kekId of [id('nobody'), id(''), id('../one'), 'nobody', '', '../one', 'one/../one', 'One', 'a\u0000', 'x'.repeat(65)]) {
      await expect(provider.unwrap({ ...wrapped, kekId })).rejects.toMatchObject(disabled);
      await expect(provider.health({ kekId, version: 1 })).rejects.toMatchObject(disabled);
    }
  });

  test('a disabled version is kek_disabled for everything, others go on, and it works again when it is back', async () => {
    const { provider, id } = current();
    const [wrapped, other] = [await wrap(provider, id('one'), 1), await wrap(provider, id('one'), 2)];
    await provider.health({ kekId: id('one'), version: 1 });
    await current().disable(id('one'), 1);
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
    if (!current().differsIn?.includes('disabled sources')) await expect(provider.rewrap(wrapped, 2)).rejects.toMatchObject(disabled);
    await expect(wrap(provider, id('one'), 1)).rejects.toMatchObject(disabled);
    await expect(provider.health({ kekId: id('one'), version: 1 })).rejects.toMatchObject(disabled);
    expect((await provider.unwrap(other)).equals(secret)).toBe(true);
    await current().enable(id('one'), 1);
    await provider.health({ kekId: id('one'), version: 1 });
    expect((await provider.unwrap(wrapped)).equals(secret)).toBe(true);
  });

  test('a destroyed version never unwraps again, is not made again, and can be destroyed again', async () => {
    const { provider, id } = current();
    const wrapped = await wrap(provider, id('two'), 1);
    await provider.destroyVersion({ kekId: id('two'), version: 1 });
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
    expect(await provider.describe()).not.toContainEqual({ kekId: id('two'), version: 1 });
    await provider.destroyVersion({ kekId: id('two'), version: 1 });
    await provider.destroyVersion({ kekId: id('../two'), version: 1 });
    expect(await provider.rotate(id('two'), 1)).toBeGreaterThan(1);
    await expect(provider.unwrap(wrapped)).rejects.toMatchObject(disabled);
  });
}

function testFaults(current: Current): void {
  const unavailable = { name: 'TacetError', code: 'unavailable' };
  const owner = { accountId: randomBytes(16), version: 3 };

  test('slow, gone or talking nonsense it is unavailable, in bounded time and with nothing to write, and goes on when it is back', async () => {
    const { provider, id, faults } = current();
    if (!faults) return;
    const kek = { kekId: id('one'), version: 2 };
    const wrapped = await wrapSecret(provider, kek, owner, secret, 1);
    for (const fault of ['slow', 'gone', 'nonsense'] as const) {
      faults[fault]();
      await expect(wrapSecret(provider, kek, owner, secret, 1)).rejects.toMatchObject(unavailable);
      await expect(rewrapSecret(provider, wrapped, owner, 2)).rejects.toMatchObject(unavailable);
      // Nonsense in place of a secret may also be what does not open.
      const opened = await unwrapSecret(provider, wrapped, owner).catch((error: Error) => error);
      expect(['TacetError', 'RecordRefusedError']).toContain((opened as Error).name);
      if (fault !== 'nonsense') expect(opened).toMatchObject(unavailable);
      if (fault !== 'nonsense') await expect(provider.health(kek)).rejects.toMatchObject(unavailable);
      if (fault !== 'nonsense') await expect(provider.rotate(id('one'), 2)).rejects.toMatchObject(unavailable);
      faults.heal();
      expect((await unwrapSecret(provider, wrapped, owner)).equals(secret)).toBe(true);
    }
  });

  test("what belongs to somebody else is noticed before it is written, and never opened", async () => {
    const { provider, id, faults } = current();
    if (!faults) return;
    const kek = { kekId: id('one'), version: 2 };
    const wrapped = await wrapSecret(provider, kek, owner, secret, 1);
    faults.swaps();
    await expect(wrapSecret(provider, kek, owner, secret, 1)).rejects.toMatchObject(unavailable);
    await expect(rewrapSecret(provider, wrapped, owner, 2)).rejects.toMatchObject(unavailable);
    faults.heal();
    expect((await unwrapSecret(provider, wrapped, owner)).equals(secret)).toBe(true);
    const other = await wrapSecret(provider, kek, { accountId: randomBytes(16), version: 3 }, createSecretKey(randomBytes(32)), 1);
    await expect(unwrapSecret(provider, other, owner)).rejects.toBeInstanceOf(RecordRefusedError);
  });
}
