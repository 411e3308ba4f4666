import { expect, test } from '@jest/globals';
import { decodeRecord, partitionOf, recordBytes } from '@tacet/usage';
import fc from 'fast-check';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { countRecord } from './count-record.ts';
import { appliedSegmentKeptMs, heldMax, Outbox, type OutboxOptions } from './outbox.ts';
import { OutboxReader } from './outbox-reader.ts';
import { segmentHeaderBytes } from './segment.ts';
import type { Admission } from './slot.ts';

const edgeId = Buffer.alloc(16, 9);
const accountA = Buffer.alloc(16, 1);
const accountB = Buffer.alloc(16, 2);
const perSegment = 8;
const segmentBytes = segmentHeaderBytes + perSegment * recordBytes;
let nowMs = 0;
const troubles: string[] = [];
const options: OutboxOptions = { edgeId, segmentBytes, bytesMax: 4 * segmentBytes, monotonicMs: () => nowMs, onTrouble: (trouble, count) => troubles.push(`${trouble} ${count}`) };

function recordFor(accountId: Buffer, output: number) {
  const admission: Admission = {
    epoch: 1, requestId: Buffer.alloc(16, output), accountId, partition: partitionOf(accountId), keyId: Buffer.alloc(16),
    leaseByKey: false, noLog: false, priceVersion: 1, route: 'chat_completions', startedMs: 1,
  };
  const counters = { reservedNano: 1n, input: 0, cached: 0, output, source: 'exact' as const, ttftMs: 0 };
  return countRecord(admission, counters, { kind: 'final', status: 'ok', latencyMs: 1, timeMs: 2 });
}

const readAll = (outbox: Outbox, sent: readonly number[] = []) => {
  let holes = 0;
  const reader = new OutboxReader(outbox, edgeId, sent, () => holes++);
  const records = [];
  for (let batch = reader.next(3, outbox.end); batch.length > 0; batch = reader.next(3, outbox.end)) records.push(...batch);
  const shown = records.map(({ partition, seq, bytes }) => {
    const { kind, outputTokens } = decodeRecord(bytes);
    return `${partition === partitionOf(accountA) ? 'A' : 'B'}${seq}:${kind === 'hole' ? 'hole' : outputTokens}`;
  });
  return { shown, holes };
};

const placeOf = (index: number) => segmentHeaderBytes + index * recordBytes;

test('records of all partitions are read in order, over segments and restarts', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  for (let i = 1; i <= 10; i++) outbox.append(recordFor(i % 2 === 0 ? accountA : accountB, i));
  const again = Outbox.open(files.start(), options);
  again.append(recordFor(accountA, 11));
  expect(readAll(again).shown).toEqual(['B1:1', 'A1:2', 'B2:3', 'A2:4', 'B3:5', 'A3:6', 'B4:7', 'A4:8', 'B5:9', 'A5:10', 'A6:11']);
  expect(files.names()).toEqual(['outbox-0000000001', 'outbox-0000000002']);
});

test('records that are held are numbered as they come, and written as if each had been appended', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ isA: fc.boolean(), isHeld: fc.boolean(), flushes: fc.boolean() }), { maxLength: 100 }), (steps) => {
      const roomy = { ...options, bytesMax: 100 * segmentBytes };
      const files = { held: new ForgetfulFiles(), twin: new ForgetfulFiles() };
      const outbox = Outbox.open(files.held.start(), roomy);
      const twin = Outbox.open(files.twin.start(), roomy);
      for (const [i, { isA, isHeld, flushes }] of steps.entries()) {
        const before = outbox.end;
        const appended = isHeld ? outbox.hold(recordFor(isA ? accountA : accountB, i)) : outbox.append(recordFor(isA ? accountA : accountB, i));
        expect(appended).toEqual(twin.append(recordFor(isA ? accountA : accountB, i)));
        expect(outbox.freeRecords).toBe(twin.freeRecords);
        // What is not written is no part of the outbox yet: nobody syncs or publishes it.
        expect(outbox.end).toBeLessThanOrEqual(isHeld ? appended.ordinal : appended.ordinal + 1);
        expect(outbox.end).toBeGreaterThanOrEqual(before);
        if (flushes) outbox.flush();
      }
      outbox.flush();
      expect([outbox.end, outbox.last]).toEqual([twin.end, twin.last]);
      expect(readAll(outbox)).toEqual(readAll(twin));
      const named = files.held.names().filter((name) => name !== 'outbox-spare');
      for (const name of named) expect(files.held.content(name)).toEqual(files.twin.content(name));
    }),
    { numRuns: 50 },
  );
});

test('no more are held than fit into the memory for them', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), { ...options, segmentBytes: segmentHeaderBytes + 2 * heldMax * recordBytes, bytesMax: 1024 * 1024 });
  const start = outbox.end;
  for (let i = 0; i <= heldMax; i++) outbox.hold(recordFor(accountA, 1));
  expect(outbox.end).toBe(start + heldMax);
});

test('only what is behind the applied seqs is read again, from the segment that has it', () => {
  const outbox = Outbox.open(new ForgetfulFiles().start(), options);
  for (let i = 1; i <= 20; i++) outbox.append(recordFor(accountA, i));
  const sent = Array<number>(12).fill(0);
  sent[partitionOf(accountA)] = 17;
  expect(readAll(outbox, sent).shown).toEqual(['A18:18', 'A19:19', 'A20:20']);
  const reader = new OutboxReader(outbox, edgeId, sent, () => undefined);
  reader.next(100, outbox.end);
  sent[partitionOf(accountA)] = 3;
  reader.rewind(sent);
  expect(reader.next(100, outbox.end).map(({ seq }) => seq)).toEqual(Array.from({ length: 17 }, (_, i) => i + 4));
});

test('a torn tail is cut off, and what is appended next takes its place', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  for (let i = 1; i <= 3; i++) outbox.append(recordFor(accountA, i));
  files.content('outbox-0000000001').fill(0x55, placeOf(2) + 40, placeOf(2) + 60);
  const again = Outbox.open(files.start(), options);
  expect(again.last[partitionOf(accountA)]).toBe(2);
  again.append(recordFor(accountA, 4));
  expect(readAll(again)).toEqual({ shown: ['A1:1', 'A2:2', 'A3:4'], holes: 0 });
});

test('a damaged record before a good one becomes a hole, and is reported', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  for (let i = 1; i <= 6; i++) outbox.append(recordFor(i % 2 === 0 ? accountA : accountB, i));
  const content = files.content('outbox-0000000001');
  content[placeOf(2) + 100] = 0xff;
  content.fill(0, placeOf(3), placeOf(4));
  troubles.length = 0;
  const again = Outbox.open(files.start(), options);
  expect(troubles).toEqual(['damaged_records 2']);
  expect(readAll(again)).toEqual({ shown: ['B1:1', 'A1:2', 'B2:hole', 'B3:5', 'A2:hole', 'A3:6'], holes: 2 });
});

test('records missing at the end of a segment become holes before the next one is read', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  for (let i = 1; i <= perSegment + 1; i++) outbox.append(recordFor(i === 1 ? accountB : accountA, i));
  files.content('outbox-0000000001').fill(0, placeOf(6), placeOf(8));
  const again = Outbox.open(files.start(), options);
  expect(readAll(again).shown).toEqual(['B1:1', 'A1:2', 'A2:3', 'A3:4', 'A4:5', 'A5:6', 'A6:hole', 'A7:hole', 'A8:9']);
});

test('one damaged copy of a header does no harm; two, another edge, or a missing segment stop the start', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  for (let i = 1; i <= 20; i++) outbox.append(recordFor(accountA, i));
  const second = files.content('outbox-0000000002');
  second[30] = 0xff;
  expect(readAll(Outbox.open(files.start(), options)).shown).toHaveLength(20);
  expect(() => Outbox.open(files.start(), { ...options, edgeId: Buffer.alloc(16, 1) })).toThrow('not of this edge');
  second[segmentHeaderBytes / 2 + 30] = 0xff;
  expect(() => Outbox.open(files.start(), options)).toThrow('no readable header');
  files.start().remove('outbox-0000000002');
  expect(() => Outbox.open(files.start(), options)).toThrow('missing');
});

test('the quota is kept by removing applied segments, oldest first; unapplied ones stay and stop the appending', () => {
  const files = new ForgetfulFiles();
  const outbox = Outbox.open(files.start(), options);
  const append = (count: number) => {
    for (let i = 0; i < count; i++) outbox.append(recordFor(accountA, 1));
  };
  expect(outbox.freeRecords).toBe(4 * perSegment);
  append(4 * perSegment);
  expect(outbox.freeRecords).toBe(0);
  expect(() => append(1)).toThrow('full');
  const applied = Array<number>(12).fill(0);
  applied[partitionOf(accountA)] = perSegment * 2 + 3;
  outbox.noteApplied(applied);
  expect(outbox.freeRecords).toBe(2 * perSegment);
  append(perSegment);
  expect(files.names()).toEqual(['outbox-0000000002', 'outbox-0000000003', 'outbox-0000000004', 'outbox-0000000005']);
  expect(outbox.freeRecords).toBe(perSegment);
});

test('when applied falls back, a segment is no longer free to go', () => {
  const outbox = Outbox.open(new ForgetfulFiles().start(), options);
  for (let i = 0; i < 2 * perSegment; i++) outbox.append(recordFor(accountA, 1));
  const applied = Array<number>(12).fill(0);
  applied[partitionOf(accountA)] = perSegment;
  outbox.noteApplied(applied);
  outbox.noteApplied(Array<number>(12).fill(0));
  nowMs += appliedSegmentKeptMs + 1;
  outbox.removeExpired();
  expect(outbox.segments).toHaveLength(2);
  outbox.noteApplied(applied);
  outbox.removeExpired();
  expect(outbox.segments).toHaveLength(2);
  nowMs += appliedSegmentKeptMs + 1;
  outbox.removeExpired();
  expect(outbox.segments.map(({ number }) => number)).toEqual([2]);
});

test('records that were removed before they could be sent again become holes', () => {
  const outbox = Outbox.open(new ForgetfulFiles().start(), options);
  for (let i = 1; i <= perSegment + 2; i++) outbox.append(recordFor(accountA, i));
  const applied = Array<number>(12).fill(0);
  applied[partitionOf(accountA)] = perSegment;
  outbox.noteApplied(applied);
  nowMs += appliedSegmentKeptMs + 1;
  outbox.removeExpired();
  expect(readAll(outbox)).toMatchObject({ holes: perSegment });
  expect(readAll(outbox).shown.slice(-3)).toEqual(['A8:hole', 'A9:9', 'A10:10']);
});

test('a spare segment is made ahead of time and taken; a full disk is told and tried again', async () => {
  const files = new ForgetfulFiles();
  const real = files.start();
  let full = true;
  const outbox = Outbox.open({ ...real, prepare: async (name, size) => (full ? Promise.reject(new Error('ENOSPC')) : real.prepare(name, size)) }, options);
  troubles.length = 0;
  await outbox.prepareNext();
  expect(troubles).toEqual(['segment_not_prepared 1']);
  full = false;
  await outbox.prepareNext();
  expect(files.names()).toEqual(['outbox-0000000001', 'outbox-spare']);
  for (let i = 0; i <= perSegment; i++) outbox.append(recordFor(accountA, 1));
  expect(files.names()).toContain('outbox-0000000002');
});
