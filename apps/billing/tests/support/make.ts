import { randomBytes } from 'node:crypto';
import { encodeRecord, partitionOf, type UsageRecord } from '@tacet/usage';

/** A UUIDv7 of a time, as bytes. */
export function makeId(timeMs = Date.now()): Buffer {
  const id = randomBytes(16);
  id.writeUIntBE(timeMs, 0, 6);
  id[6] = 0x70 | (id[6]! & 0x0f);
  id[8] = 0x80 | (id[8]! & 0x3f);
  return id;
}

/** Bytes as UUID text. */
export function uuid(id: Uint8Array): string {
  const hex = Buffer.from(id).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An edge with its outbox: records get the next seq of their account's partition. */
export class TestEdge {
  readonly id = randomBytes(16);
  readonly outbox: UsageRecord[] = [];
  readonly #seqs = new Map<number, bigint>();

  get uuid(): string {
    return uuid(this.id);
  }

  /** The last seq of a partition. */
  seqOf(partition: number): bigint {
    return this.#seqs.get(partition) ?? 0n;
  }

  /** Last seqs of all partitions: the base of an epoch that begins now. */
  get base(): bigint[] {
    return Array.from({ length: 12 }, (_, partition) => this.seqOf(partition));
  }

  /** Appends a record of an account; unnamed fields are those of a small final. */
  emit(accountId: Buffer, fields: Partial<UsageRecord> = {}): UsageRecord {
    const partition = partitionOf(accountId);
    const seq = this.seqOf(partition) + 1n;
    this.#seqs.set(partition, seq);
    const record: UsageRecord = {
      kind: 'final',
      partition,
      status: 'ok',
      usageSource: 'exact',
      route: 'chat_completions',
      leaseByKey: false,
      edgeId: this.id,
      requestId: makeId(),
      accountId,
      keyId: testKey,
      seq,
      leaseEpoch: 1,
      priceVersion: 1,
      reservedNano: 1_000_000n,
      inputTokens: 1,
      cachedTokens: 0,
      outputTokens: 1,
      ttftMs: 1,
      latencyMs: 2,
      timeMs: Date.now(),
      ...fields,
    };
    this.outbox.push(record);
    return record;
  }
}

/** The key of records that name none. */
export const testKey = makeId();

/** Records as they travel. */
export function encode(...records: readonly UsageRecord[]): Buffer[] {
  return records.map((record) => encodeRecord(record));
}
