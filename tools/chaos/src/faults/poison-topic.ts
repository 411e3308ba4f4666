import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeRecord, partitionOf, recordBytes } from '@tacet/usage';
import type { Dice } from '../dice.ts';
import { sendToUsageTopic } from '../usage-topic.ts';
import { whileBusy, type FaultScene } from './fault.ts';

/** A kind of message that is no count record. */
interface Poison {
  readonly name: string;
  /** It carries the checksum of itself, so that it is kept for somebody to look at, as a dead letter. */
  readonly isKept: boolean;
  make(partition: number, dice: Dice): Buffer | null;
}

const crcAt = recordBytes - 4;
const unknownVersion = 250;
const unknownKind = 99;
const noPartition = 200;

const poisons: readonly Poison[] = [
  { name: 'random bytes', isKept: false, make: () => randomBytes(recordBytes) },
  { name: 'zeros', isKept: false, make: () => Buffer.alloc(recordBytes) },
  { name: 'nothing', isKept: false, make: () => null },
  { name: 'a wrong length', isKept: false, make: (partition, dice) => Buffer.concat([stranger(partition), randomBytes(4_096)]).subarray(0, dice.pick([0, 1, recordBytes - 1, recordBytes + 1, 4_096])) },
  { name: 'a flipped bit', isKept: false, make: (partition, dice) => flip(stranger(partition), dice.between(0, recordBytes * 8 - 1)) },
  { name: 'an unknown version', isKept: true, make: (partition) => withByte(stranger(partition), 0, unknownVersion) },
  { name: 'an unknown kind', isKept: true, make: (partition) => withByte(stranger(partition), 1, unknownKind) },
  { name: 'a partition that cannot be', isKept: true, make: (partition) => withByte(stranger(partition), 2, noPartition) },
];

/** Somebody writes what is no count record among the count records of a customer. */
export function poisonTopic({ stage, dice, log, busy }: FaultScene): Promise<void> | undefined {
  const { kafka } = stage.constellation.servers;
  if (!kafka || busy.has('kafka')) return undefined;
  const { customer, account } = dice.pick(stage.purses);
  const partition = partitionOf(account.accountIdBytes);
  const poison = dice.pick(poisons);
  const value = poison.make(partition, dice);
  return whileBusy(busy, 'kafka', async () => {
    try {
      await sendToUsageTopic(`127.0.0.1:${kafka.port}`, partition, value);
    } catch {
      log.tell('Kafka takes nothing: no poison');
      return;
    }
    if (poison.isKept && value) {
      stage.poisoned.add(value.toString('hex'));
      // It tells of itself.
      stage.expectedDiscrepancies.add('unknown_format');
    }
    log.count(`poison: ${poison.name}`);
    log.tell(`${poison.name} in place of a record, before the next of ${customer.name}`);
  });
}

/** A whole record of an edge and an account that there are not. */
function stranger(partition: number): Buffer {
  const id = () => randomBytes(16);
  return encodeRecord({
    kind: 'final', partition, status: 'ok', usageSource: 'exact', route: 'chat_completions', leaseByKey: false,
    edgeId: id(), requestId: id(), accountId: id(), keyId: id(), seq: 1n, leaseEpoch: 1, priceVersion: 1,
    reservedNano: 1_000_000_000n, inputTokens: 1_000, cachedTokens: 0, outputTokens: 1_000, ttftMs: 1, latencyMs: 1, timeMs: Date.now(),
  });
}

function withByte(record: Buffer, at: number, value: number): Buffer {
  record[at] = value;
  record.writeUInt32BE(crc32(record.subarray(0, crcAt)), crcAt);
  return record;
}

function flip(record: Buffer, bit: number): Buffer {
  const at = bit >> 3;
  record[at] = (record[at] ?? 0) ^ (1 << (bit & 7));
  return record;
}
