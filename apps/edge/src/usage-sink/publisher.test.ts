import { expect, jest, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { eventually } from '@tacet/testing';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { protocolTimes } from '../money/protocol-times.ts';
import type { OutgoingRecord } from '../spool/outbox-reader.ts';
import { segmentHeaderBytes, type Seqs } from '../spool/segment.ts';
import { Spool } from '../spool/spool.ts';
import { catchUp } from './catch-up.ts';
import { Publisher } from './publisher.ts';
import { sinkRecordsMax, type UsageSink } from './usage-sink.ts';

const edgeId = Buffer.alloc(16, 9);
const account = Buffer.alloc(16, 1);
const partition = partitionOf(account);
const times = protocolTimes(300_000);
const nothing = Array<number>(12).fill(0);
const appliedTo = (seq: number): Seqs => nothing.map((_, i) => (i === partition ? seq : 0));

class Bench {
  now = 1_000;
  readonly troubles: string[] = [];
  readonly sent: number[][] = [];
  fails = 0;
  /** Done while the next batch is under way. */
  meanwhile: (() => Promise<void>) | undefined;
  readonly spool = Spool.open(new ForgetfulFiles().start(), {
    edgeId, segmentBytes: segmentHeaderBytes + 16 * 128, bytesMax: 200 * (segmentHeaderBytes + 16 * 128), slots: { requests: 4, totals: 1 },
    monotonicMs: () => this.now, wallMs: () => 1, onTrouble: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  readonly sink: UsageSink = {
    send: async (records: readonly OutgoingRecord[]) => {
      if (this.fails-- > 0) throw new Error('down');
      this.sent.push(records.map(({ seq }) => seq));
      const { meanwhile } = this;
      this.meanwhile = undefined;
      await meanwhile?.();
      return undefined;
    },
    stop: async () => undefined,
  };
  readonly publisher = new Publisher(
    { spool: this.spool, edgeId, sink: this.sink, monotonicMs: () => this.now, onApplied: () => undefined, onTrouble: (trouble) => this.troubles.push(trouble) },
    nothing,
    times,
  );

  async append(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const admission = { epoch: 1, requestId: Buffer.alloc(16, i), accountId: account, partition, keyId: Buffer.alloc(16), leaseByKey: false, noLog: false, priceVersion: 1, route: 'chat_completions' as const, startedMs: 1 };
      this.spool.finish(this.spool.openRequest(admission, { reservedNano: 1n, input: 1, cached: 0, output: 1, source: 'exact', ttftMs: 0 })!, 'ok', 1);
    }
    await this.spool.whenSynced();
  }

  /** Sends all there is. */
  async flush(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.publisher.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('only what is on the disk is sent, and each record once while all goes well', async () => {
  const bench = new Bench();
  await bench.append(2);
  const admission = { epoch: 1, requestId: Buffer.alloc(16, 9), accountId: account, partition, keyId: Buffer.alloc(16), leaseByKey: false, noLog: false, priceVersion: 1, route: 'chat_completions' as const, startedMs: 1 };
  bench.spool.finish(bench.spool.openRequest(admission, { reservedNano: 1n, input: 1, cached: 0, output: 1, source: 'exact', ttftMs: 0 })!, 'ok', 1);
  bench.publisher.wake();
  await bench.flush();
  expect(bench.sent.flat().slice(0, 2)).toEqual([1, 2]);
  await bench.spool.whenSynced();
  await bench.flush();
  expect(bench.sent.flat()).toEqual([1, 2, 3]);
  await bench.publisher.stop();
});

test('what comes while a batch is under way is gathered for the next wake, unless more than a batch waits', async () => {
  // No wake but those of this test.
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'setTimeout', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
  const bench = new Bench();
  jest.useRealTimers();
  const wakeOnce = async () => {
    bench.publisher.wake();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  await bench.append(2);
  bench.meanwhile = () => bench.append(1);
  await wakeOnce();
  expect(bench.sent).toEqual([[1, 2]]);
  await wakeOnce();
  expect(bench.sent).toEqual([[1, 2], [3]]);
  await bench.append(sinkRecordsMax + 5);
  await wakeOnce();
  expect(bench.sent.map(({ length }) => length)).toEqual([2, 1, sinkRecordsMax, 5]);
  await bench.publisher.stop();
});

test('a batch that was not taken is sent again, later and later', async () => {
  const bench = new Bench();
  bench.fails = 3;
  await bench.append(2);
  await bench.flush();
  expect(bench.sent).toEqual([]);
  for (const waitMs of [100, 200, 400]) {
    bench.now += waitMs - 1;
    await bench.flush();
    expect(bench.sent).toEqual([]);
    bench.now += 1;
    await bench.flush();
  }
  expect(bench.sent).toEqual([[1, 2]]);
  expect(bench.troubles).toEqual(['send_failed', 'send_failed', 'send_failed']);
  await bench.publisher.stop();
});

test('when applied does not move, records are sent again, at twice the wait each time', async () => {
  const bench = new Bench();
  await bench.append(3);
  await bench.flush();
  const beat = (seq: number) => bench.publisher.noteApplied(appliedTo(seq), bench.now, times);
  beat(1);
  bench.now += times.resendMs - 1;
  beat(1);
  await bench.flush();
  expect(bench.sent).toEqual([[1, 2, 3]]);
  bench.now += 1;
  beat(1);
  await bench.flush();
  expect(bench.sent.at(-1)).toEqual([2, 3]);
  bench.now += times.resendMs;
  beat(1);
  await bench.flush();
  expect(bench.sent).toHaveLength(2);
  bench.now += times.resendMs;
  beat(1);
  await bench.flush();
  expect(bench.sent).toHaveLength(3);
  // It moves: nothing more to do, and the wait begins anew.
  beat(3);
  expect(bench.publisher.isDone).toBe(true);
  bench.now += 10 * times.resendMs;
  beat(3);
  await bench.flush();
  expect(bench.sent).toHaveLength(3);
  expect(bench.troubles).toEqual(['sent_again', 'sent_again']);
  await bench.publisher.stop();
});

test('when applied falls back, what is missing is sent again at once; an answer from before is no fall', async () => {
  const bench = new Bench();
  await bench.append(5);
  await bench.flush();
  const askedBefore = bench.now;
  bench.now += 10;
  bench.publisher.noteApplied(appliedTo(5), bench.now, times);
  bench.publisher.noteApplied(appliedTo(2), askedBefore, times);
  await bench.flush();
  expect(bench.sent).toHaveLength(1);
  bench.now += 10;
  bench.publisher.noteApplied(appliedTo(2), bench.now, times);
  await bench.flush();
  expect(bench.sent.at(-1)).toEqual([3, 4, 5]);
  expect(bench.troubles).toEqual(['fell_back']);
  await bench.publisher.stop();
});

test('what billing has got another way is not sent', async () => {
  const bench = new Bench();
  await bench.append(3);
  bench.publisher.noteApplied(appliedTo(2), bench.now, times);
  await bench.flush();
  expect(bench.sent).toEqual([[3]]);
  await bench.publisher.stop();
});

test('catching up sends what was written before the epoch, and nothing newer', async () => {
  const bench = new Bench();
  await bench.append(5);
  let applied = appliedTo(1);
  const direct: number[] = [];
  await catchUp({
    spool: bench.spool, edgeId, base: appliedTo(4), applied: () => applied,
    direct: { send: async (records) => (direct.push(...records.map(({ seq }) => seq)), appliedTo(direct.at(-1)!)), stop: async () => undefined },
    onApplied: (now) => (applied = now),
  });
  expect(direct).toEqual([2, 3, 4]);
  await bench.publisher.stop();
});

test('draining ends when all is applied, or when its time is up', async () => {
  const bench = new Bench();
  await bench.append(2);
  const late = new AbortController();
  const waiting = bench.publisher.drain(late.signal).then(() => 'ended');
  await eventually('all is sent', () => bench.sent.flat().length === 2);
  expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve('waits'), 100))])).toBe('waits');
  bench.publisher.noteApplied(appliedTo(2), bench.now, times);
  expect(await waiting).toBe('ended');
  await bench.append(1);
  const gone = bench.publisher.drain(late.signal);
  late.abort();
  await gone;
  expect(bench.publisher.isDone).toBe(false);
  await bench.publisher.stop();
});
