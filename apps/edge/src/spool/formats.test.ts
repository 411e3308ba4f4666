import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { EdgeIdentity } from './edge-identity.ts';
import { openSegment, recordCapacity, Segment, segmentHeaderBytes } from './segment.ts';
import { encodeRequestSlot, encodeTotal, type RequestSlotContent, type TotalContent } from './slot.ts';
import { SlotsFile } from './slots.ts';
import { halfBytes } from './two-halves.ts';

/*
 * Goal: whoever has the page of the formats alone can read a spool. Method: the example bytes of the page are what the code writes,
 * and the code reads them back as what the page says they are.
 */

const page = readFileSync(fileURLToPath(new URL('../../../../libs/usage/README.md', import.meta.url)), 'utf8');

/** The bytes under a heading of the page: lines of an offset, hex and what they are. */
function exampleOf(title: string): Buffer {
  const [, lines = ''] = new RegExp(`Example, ${title}:\\n\\n((?: {4}.*\\n)+)`).exec(page) ?? [];
  let bytes = Buffer.alloc(0);
  for (const line of lines.trimEnd().split('\n')) {
    const [, offset, hex = ''] = /^ {4}(\d+) +([0-9a-f]+)( {2}.*)?$/.exec(line) ?? [];
    expect([title, line, Number(offset)]).toEqual([title, line, bytes.length]);
    bytes = Buffer.concat([bytes, Buffer.from(hex, 'hex')]);
  }
  return bytes;
}

const accountId = Buffer.alloc(16, 0xa1);
const edgeId = Buffer.alloc(16, 0xe1);
const request: RequestSlotContent = {
  admission: {
    epoch: 3, requestId: Buffer.alloc(16, 0xe2), accountId, partition: partitionOf(accountId), keyId: Buffer.alloc(16, 0xe4), leaseByKey: true,
    noLog: false, priceVersion: 7, route: 'chat_completions', startedMs: 14,
  },
  counters: { reservedNano: 8n, input: 9, cached: 10, output: 11, source: 'exact', ttftMs: 12 },
  ticket: 5,
  sinceSegment: 6,
};
const total: TotalContent = { epoch: 3, accountId, keyId: Buffer.alloc(16), leaseByKey: false, priceVersion: 7, version: 2, input: 9, cached: 10, output: 11, foldedDay: 0, absorbed: [4, 5] };

test('the identity of the page is the second one of an edge, and is read back', () => {
  const files = new ForgetfulFiles();
  EdgeIdentity.open(files.start(), () => edgeId).raiseEpoch();
  expect(files.content('identity').subarray(0, halfBytes)).toEqual(exampleOf('the half of update 2'));
  files.content('identity').fill(0).set(exampleOf('the half of update 2'));
  const read = EdgeIdentity.open(files.start(), () => Buffer.alloc(16));
  expect([read.edgeId, read.epoch]).toEqual([edgeId, 1]);
});

test('the request slot and the total of the page are what is written, and are read back', () => {
  const half = Buffer.alloc(halfBytes);
  encodeRequestSlot(half, 0, 2, request);
  expect(half).toEqual(exampleOf('a request slot'));
  half.fill(0);
  encodeTotal(half, 0, 2, total);
  expect(half).toEqual(exampleOf('a total'));
  const files = new ForgetfulFiles();
  SlotsFile.create(files.start(), { requests: 1, totals: 1 });
  files.content('slots').set(exampleOf('a request slot'), 4096);
  files.content('slots').set(exampleOf('a total'), 4096 + 2 * halfBytes);
  const slots = SlotsFile.open(files.start())!;
  expect(slots.readRequests().found).toEqual([{ index: 0, content: request }]);
  expect(slots.readTotals().found).toEqual([{ index: 0, content: total }]);
});

test('the header of a segment of the page is what is written, twice, and is read back', () => {
  const files = new ForgetfulFiles();
  const size = segmentHeaderBytes + 24 * 128;
  const base = Array.from({ length: 12 }, (_, partition) => partition);
  new Segment(2, files.start().create('outbox', size), base).begin(edgeId);
  const example = exampleOf('the header of a segment for 24 records');
  for (const at of [0, segmentHeaderBytes / 2]) expect(files.content('outbox').subarray(at, at + example.length)).toEqual(example);
  const read = openSegment(2, files.start().open('outbox'), edgeId);
  expect([read.base, read.capacity]).toEqual([base, recordCapacity(size)]);
});
