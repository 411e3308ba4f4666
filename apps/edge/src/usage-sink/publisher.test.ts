import { expect, test } from '@jest/globals';
import { partitionCount, partitionOf } from '@tacet/usage';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { protocolTimes } from '../money/protocol-times.ts';
import { segmentHeaderBytes } from '../spool/segment.ts';
import type { Admission } from '../spool/slot.ts';
import { Spool } from '../spool/spool.ts';
import { Publisher } from './publisher.ts';

const accountId = Buffer.alloc(16, 2);
const partition = partitionOf(accountId);
const edgeId = Buffer.alloc(16, 9);
const times = protocolTimes(300_000);
const admission: Admission = {
  epoch: 1, requestId: Buffer.alloc(16, 1), accountId, partition, keyId: Buffer.alloc(16, 3),
  leaseByKey: false, noLog: false, priceVersion: 1, route: 'chat_completions', startedMs: 1,
};

/** A publisher over a real spool, with a clock of the test's own and a sink that only remembers. */
function start() {
  let nowMs = 0;
  const spool = Spool.open(new ForgetfulFiles().start(), {
    edgeId, segmentBytes: segmentHeaderBytes + 64 * 128, bytesMax: 1024 * 1024, slots: { requests: 8, totals: 1 },
    monotonicMs: () => nowMs, wallMs: () => 5, onTrouble: () => undefined, onFailure: () => undefined,
  });
  const applied = (seq: number) => Array.from({ length: partitionCount }, (_, index) => (index === partition ? seq : 0));
  const batches: number[] = [];
  const troubles: string[] = [];
  const sink = { send: async (records: readonly unknown[]) => void batches.push(records.length), stop: async () => undefined };
  const publisher = new Publisher({ spool, edgeId, sink, monotonicMs: () => nowMs, onApplied: () => undefined, onTrouble: (trouble) => troubles.push(trouble) }, applied(0), times);
  const finish = async () => {
    const request = spool.openRequest(admission, { reservedNano: 1n, input: 1, cached: 0, output: 1, source: 'exact', ttftMs: 0 })!;
    spool.finish(request, 'ok', 5);
    await spool.whenSynced();
    publisher.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const heartbeat = async (atMs: number, seq: number) => {
    nowMs = atMs;
    publisher.noteApplied(applied(seq), nowMs, times);
    publisher.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { publisher, batches, troubles, finish, heartbeat };
}

test('after a long rest a record is sent once: waiting begins with the sending, not with the last move', async () => {
  const { publisher, batches, troubles, finish, heartbeat } = start();
  await heartbeat(3_600_000, 0);
  await finish();
  await heartbeat(3_605_000, 0);
  expect(batches).toEqual([1]);
  await heartbeat(3_610_000, 1);
  expect([batches, troubles]).toEqual([[1], []]);
  await publisher.stop();
});

test('a record that is not applied is sent again after the wait, which doubles, and at once when applied falls back', async () => {
  const { publisher, batches, troubles, finish, heartbeat } = start();
  await finish();
  for (let atMs = 5_000; atMs <= 120_000; atMs += 5_000) await heartbeat(atMs, 0);
  // At 30 s, and 60 s later.
  expect(troubles).toEqual(['sent_again', 'sent_again']);
  expect(batches).toEqual([1, 1, 1]);
  await heartbeat(125_000, 1);
  await heartbeat(130_000, 0);
  expect(troubles.at(-1)).toBe('fell_back');
  expect(batches).toEqual([1, 1, 1, 1]);
  await publisher.stop();
});
