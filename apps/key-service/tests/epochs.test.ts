import { readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

let service: KeyServiceUnderTest;
beforeEach(async () => {
  service = await startKeyService();
}, 60_000);
afterEach(() => service.stop(), 60_000);

const seals = () => service.seals('account');
const pruner = () => service.keys('pruner');
const dayMs = 86_400_000;
const epochMs = 300_000;
const epochs = () => readdirSync(service.epochFolder).filter((name) => name.endsWith('.epoch'));

test('an ephemeral record names its epoch, and the first of an epoch makes its secret, wrapped, for the owner alone', async () => {
  const accountId = await someAccount(service.keys('account'));
  const context = someContext();
  const expiresAtMs = Date.now() + dayMs;
  const record = await sealOne(seals(), accountId, context, 'text', expiresAtMs);
  const epoch = Math.floor(expiresAtMs / epochMs);
  expect([record[1], record.readUInt32BE(8)]).toEqual([0x11, epoch]);
  expect(epochs()).toEqual([`${epoch}.epoch`]);
  const file = join(service.epochFolder, `${epoch}.epoch`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(service.epochFolder).mode & 0o777).toBe(0o700);
  expect((await readFile(file))[0]).toBe(0xd1);
  expect(await openOne(seals(), accountId, context, record)).toBe('text');
  await sealOne(seals(), accountId, context, 'more', epoch * epochMs);
  expect(epochs()).toHaveLength(1);
});

test('an expiry that is past or too far ahead is epoch_past, and makes no secret', async () => {
  const accountId = await someAccount(service.keys('account'));
  const seal = (aheadMs: number) => sealOne(seals(), accountId, someContext(), 'text', Date.now() + aheadMs);
  for (const aheadMs of [-1, -1_000, -epochMs, -dayMs, dayMs + epochMs + 1_000, 2 * dayMs, 365 * dayMs]) {
    await expect(seal(aheadMs)).rejects.toMatchObject({ code: 'epoch_past' });
  }
  await expect(sealOne(seals(), accountId, someContext(), 'text', 1)).rejects.toMatchObject({ code: 'epoch_past' });
  expect(epochs()).toEqual([]);
  for (const aheadMs of [2_000, epochMs, dayMs / 2, dayMs - 1_000]) await seal(aheadMs);
  expect(epochs().length).toBeGreaterThanOrEqual(3);
});

test('one expired record refuses the whole batch', async () => {
  const accountId = await someAccount(service.keys('account'));
  const records = [Date.now() + dayMs - 1_000, Date.now() - 1].map((expiresAtMs) => ({ context: someContext(), plaintext: Buffer.from('x'), expiresAtMs }));
  await expect(seals().Seal({ accountId, records })).rejects.toMatchObject({ code: 'epoch_past' });
});

test('at the end of its epoch the secret is destroyed by the timer, and the record is refused for ever', async () => {
  const accountId = await someAccount(service.keys('account'));
  const [gone, stays] = [someContext(), someContext()];
  const expiresAtMs = Date.now() + 3_600_000;
  const ends = (Math.floor(expiresAtMs / epochMs) + 1) * epochMs;
  const ephemeral = await sealOne(seals(), accountId, gone, 'an hour', expiresAtMs);
  const later = await sealOne(seals(), accountId, stays, 'a day', Date.now() + dayMs - 1_000);
  await service.clock.set(ends - Date.now() - 30_000);
  expect(await openOne(seals(), accountId, gone, ephemeral)).toBe('an hour');
  await service.clock.set(ends - Date.now() + 1_000);
  await eventually('its secret is gone', () => epochs().length === 1);
  expect(await openOne(seals(), accountId, gone, ephemeral)).toBeUndefined();
  expect(await openOne(seals(), accountId, stays, later)).toBe('a day');
  await service.clock.set(0);
  expect(await eventually('the clock is back', async () => ((await openOne(seals(), accountId, stays, later)) === 'a day' ? 'yes' : undefined))).toBe('yes');
  expect(await openOne(seals(), accountId, gone, ephemeral)).toBeUndefined();
  await eventually('it is in the log', async () => (await service.log()).includes('epochs_destroyed'));
});

test('what ended while no process ran is destroyed at start, before anything is served', async () => {
  const accountId = await someAccount(service.keys('account'));
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text', Date.now() + 3_600_000);
  await service.process.stop();
  await service.clock.set(2 * 3_600_000);
  await writeFile(join(service.epochFolder, '.new-0011223344556677'), 'half', { mode: 0o600 });
  await service.restart();
  expect(epochs()).toEqual([]);
  expect(await openOne(seals(), accountId, context, record)).toBeUndefined();
});

test('the pruner destroys what is past, as often as it likes', async () => {
  const accountId = await someAccount(service.keys('account'));
  await sealOne(seals(), accountId, someContext(), 'text', Date.now() + dayMs - 1_000);
  expect(await pruner().DestroyEpochs({})).toEqual({ destroyed: 0, alive: 1 });
  // By the clock of a process that was asleep; its own timer races with the call.
  await service.clock.set(2 * dayMs);
  await eventually('it is gone', async () => (await pruner().DestroyEpochs({})).alive === 0);
  expect(await pruner().DestroyEpochs({})).toEqual({ destroyed: 0, alive: 0 });
});

test('processes that share a folder agree on every secret, however they race', async () => {
  const replica = await service.startReplica();
  try {
    const accountId = await someAccount(service.keys('account'));
    const context = someContext();
    const expiries = Array.from({ length: 100 }, (_, i) => Date.now() + 60_000 + i * epochMs);
    const sealBoth = async (expiresAtMs: number) => Promise.all([service, replica].map((one) => sealOne(one.seals('account'), accountId, context, 'text', expiresAtMs)));
    const pairs = await Promise.all(expiries.map(sealBoth));
    expect(epochs()).toHaveLength(100);
    for (const [mine, theirs] of pairs) {
      expect(await openOne(replica.seals('account'), accountId, context, mine!)).toBe('text');
      expect(await openOne(service.seals('account'), accountId, context, theirs!)).toBe('text');
    }
    expect(readdirSync(service.epochFolder).filter((name) => !name.endsWith('.epoch'))).toEqual([]);
  } finally {
    await replica.stop();
  }
});

test('a secret that is lost or changed makes its records unreadable and nothing else', async () => {
  const accountId = await someAccount(service.keys('account'));
  const [ephemeralPlace, durablePlace] = [someContext(), someContext()];
  const ephemeral = await sealOne(seals(), accountId, ephemeralPlace, 'text', Date.now() + dayMs - 1_000);
  const durable = await sealOne(seals(), accountId, durablePlace, 'stays');
  const file = join(service.epochFolder, epochs()[0]!);
  await writeFile(file, Buffer.alloc(139));
  await eventually('the cache is empty', async () => (await openOne(seals(), accountId, ephemeralPlace, ephemeral)) === undefined);
  expect(await openOne(seals(), accountId, durablePlace, durable)).toBe('stays');
});
