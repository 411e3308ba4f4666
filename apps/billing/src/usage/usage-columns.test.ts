import { crc32 } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { encodeRecord, type UsageRecord } from '@tacet/usage';
import { toUsageColumns, type PriceOf } from './usage-columns.ts';

const edge = (byte: number) => Buffer.alloc(16, byte);
const priceOf: PriceOf = (version) => (version === 1 ? { inputPico: 3_000n, cachedPico: 1_000n, outputPico: 7_000n } : undefined);

function record(seq: number, fields: Partial<UsageRecord> = {}): Buffer {
  return encodeRecord({
    kind: 'final',
    partition: 2,
    status: 'ok',
    usageSource: 'exact',
    route: 'messages',
    leaseByKey: false,
    edgeId: edge(1),
    requestId: Buffer.alloc(16, seq),
    accountId: Buffer.alloc(16, 0xa),
    keyId: Buffer.alloc(16, 0xb),
    seq: BigInt(seq),
    leaseEpoch: 4,
    priceVersion: 1,
    reservedNano: 1_000n,
    inputTokens: 1,
    cachedTokens: 1,
    outputTokens: 1,
    ttftMs: 5,
    latencyMs: 6,
    timeMs: 7,
    ...fields,
  });
}

/** The columns by name. */
function read(...records: readonly Buffer[]) {
  const { values, ...rest } = toUsageColumns(records, priceOf);
  const names = [
    'runEdge',
    'runPartition',
    'runSeq',
    'runPlace',
    'runLength',
    'low',
    'high',
    'what',
    'latest',
    'edge',
    'seq',
    'request',
    'account',
    'key',
    'epoch',
    'byKey',
    'price',
    'reserved',
    'input',
    'cached',
    'output',
    'charge',
    'peak',
    'final',
    'status',
    'source',
    'route',
    'ttft',
    'latency',
    'time',
  ];
  expect(values).toHaveLength(names.length);
  const columns = Object.fromEntries(names.map((name, at) => [name, values[at]!]));
  return { ...rest, ...columns, of: (name: string) => columns[name]!.slice(1, -1).split(',') };
}

test('records become runs of their sequences, in order of edge, partition and seq, each once', () => {
  const { of, records } = read(record(9), record(3, { edgeId: edge(2) }), record(5), record(4), record(5), record(1, { partition: 1 }));
  expect(of('runEdge')).toEqual([edge(1), edge(1), edge(1), edge(2)].map((id) => id.toString('hex')));
  expect(of('runPartition')).toEqual(['1', '2', '2', '2']);
  expect(of('runSeq')).toEqual(['1', '4', '9', '3']);
  expect(of('runPlace')).toEqual(['1', '2', '4', '5']);
  expect(of('runLength')).toEqual(['1', '2', '1', '1']);
  expect(records).toHaveLength(5);
});

test('of a request only the last record of a run is latest, and its peak remembers the dearest before it', () => {
  const requestId = Buffer.alloc(16, 0x77);
  const { of } = read(
    ...[5, 9, 2].map((outputTokens, at) => record(at + 1, { requestId, outputTokens, inputTokens: 0, cachedTokens: 0 })),
    record(5, { requestId }),
  );
  expect(of('latest')).toEqual(['f', 'f', 't', 't']);
  expect(of('charge')).toEqual(['35', '63', '14', '11']);
  expect(of('peak')).toEqual(['35', '63', '63', '11']);
});

test('the peak is what is billed, not what the count costs', () => {
  const { of } = read(record(1, { outputTokens: 1_000, reservedNano: 40n }));
  expect([of('charge'), of('peak'), of('reserved')]).toEqual([['7004'], ['40'], ['40']]);
});

test('absurd values are bounded before the database sees them', () => {
  const { of } = read(record(1, { reservedNano: 2n ** 64n - 1n }));
  expect(of('reserved')).toEqual(['1000000000000000']);
});

test('holes, unknown forms, unknown prices and contradictions keep their place and charge nobody', () => {
  const unknown = record(2);
  unknown[1] = 9;
  unknown.writeUInt32BE(crc32(unknown.subarray(0, 124)), 124);
  const requestId = Buffer.alloc(16, 0x55);
  const { of } = read(
    record(1, { kind: 'hole' }),
    unknown,
    record(3, { priceVersion: 2 }),
    record(4, { requestId }),
    record(5, { requestId, keyId: edge(9) }),
  );
  expect(of('what')).toEqual(['2', '3', '4', '1', '5']);
  expect(of('latest')).toEqual(['f', 'f', 'f', 't', 'f']);
  expect(of('runLength')).toEqual(['5']);
});

test('damaged records are counted and dropped; those without a possible place are told apart', () => {
  const damaged = record(1);
  damaged[50]! ^= 1;
  const beyond = record(1);
  beyond[2] = 12;
  beyond.writeUInt32BE(crc32(beyond.subarray(0, 124)), 124);
  const tooFar = record(1, { seq: 2n ** 63n });
  const { corrupt, unplaced, records } = read(damaged, beyond, tooFar, Buffer.alloc(128), Buffer.from('x'));
  expect([corrupt, unplaced, records]).toEqual([3, [beyond, tooFar], []]);
});

test('the bounds are the least and the greatest request id, nil for none', () => {
  expect(read(record(3), record(8), record(5))).toMatchObject({ low: '03'.repeat(16), high: '08'.repeat(16) });
  expect(read(record(3, { kind: 'hole' }))).toMatchObject({ low: '0'.repeat(32), high: '0'.repeat(32) });
});
