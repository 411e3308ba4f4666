/**
 * A program that fault runs start: sends count records to Kafka as an edge does, but several batches at once. `node … send-at-once.ts BROKER`.
 * Prints `ready` after a first record, waits for a line, sends three more at the same time, and prints the seqs that were acknowledged.
 */
import { once } from 'node:events';
import { encodeRecord } from '@tacet/usage';
import { kafkaSink } from '../src/usage-sink/kafka-sink.ts';

const id = Buffer.alloc(16, 7);
const partition = 3;
const atOnce = [2, 3, 4];

function outgoing(seq: number) {
  const bytes = encodeRecord({
    kind: 'final', partition, status: 'ok', usageSource: 'exact', route: 'chat_completions', leaseByKey: false,
    edgeId: id, requestId: Buffer.alloc(16, seq), accountId: id, keyId: id, seq: BigInt(seq),
    leaseEpoch: 1, priceVersion: 1, reservedNano: 5n, inputTokens: 1, cachedTokens: 2, outputTokens: 3, ttftMs: 4, latencyMs: 5, timeMs: 6,
  });
  return { partition, seq, bytes };
}

const sink = kafkaSink([process.argv[2] ?? '']);
await sink.send([outgoing(1)]);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const results = await Promise.allSettled(atOnce.map((seq) => sink.send([outgoing(seq)])));
const acknowledged = atOnce.filter((_, at) => results[at]?.status === 'fulfilled');
process.stdout.write(`${JSON.stringify([1, ...acknowledged])}\n`);
process.stdin.destroy();
await sink.stop();
