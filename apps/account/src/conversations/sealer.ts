import { TacetError } from '@tacet/errors';
import { idBytes, noId } from '../identifiers.ts';
import { peerError, type Peers } from '../peers.ts';

/** What a record is (sealed-records: `field`). */
export const recordField = { message: 1, title: 2 } as const;
type RecordField = (typeof recordField)[keyof typeof recordField];

/** UTF-8 JSON (sealed-records: `schema`). */
const jsonSchema = 1;

/** The place that a record is bound to, beside its account. */
export interface RecordPlace {
  readonly conversationId: string;
  /** None for a title. */
  readonly messageId?: string;
  readonly field: RecordField;
}

export interface PlaintextRecord extends RecordPlace {
  readonly plaintextBody: Buffer;
}

export interface SealedRecord extends RecordPlace {
  readonly sealedBody: Buffer;
}

/** Seals and opens records through key-service; plaintext exists on this side of it only in memory. */
export interface Sealer {
  /**
   * `expiresAtMs` of an ephemeral conversation binds the records to its epoch. Throws `conversation_expired`,
   * `kek_disabled`, `unavailable`.
   */
  seal(accountId: string, expiresAtMs: number | undefined, records: readonly PlaintextRecord[]): Promise<Buffer[]>;
  /** In the order of the records; undefined for one that was refused. Throws `kek_disabled`, `unavailable`. */
  open(accountId: string, records: readonly SealedRecord[]): Promise<(Buffer | undefined)[]>;
}

/** Largest plaintext of one record, in bytes, and what one call to key-service carries. */
export const recordBytesMax = 1_048_576;
const callRecordsMax = 1_000;
const callBytesMax = 4 * 1_048_576;
const callMs = 15_000;

/** Makes a sealer over key-service's SealService, splitting what is too much for one call. */
export function createSealer(seals: Peers['seals']): Sealer {
  return {
    seal: async (accountId, expiresAtMs, records) => {
      const sealed: Buffer[] = [];
      for (const batch of inBatches(records, ({ plaintextBody }) => plaintextBody.length)) {
        const plain = batch.map((record) => ({
          context: contextOf(record),
          plaintext: record.plaintextBody,
          expiresAtMs: expiresAtMs ?? 0,
        }));
        const { records: answered } = await call(() =>
          seals.Seal({ accountId: idBytes(accountId), records: plain }, { deadlineMs: callMs }),
        );
        if (answered.length !== batch.length) throw new Error('key-service sealed another number of records than it was given');
        sealed.push(...answered);
      }
      return sealed;
    },
    open: async (accountId, records) => {
      const opened: (Buffer | undefined)[] = [];
      for (const batch of inBatches(records, ({ sealedBody }) => sealedBody.length)) {
        const sealed = batch.map((record) => ({ context: contextOf(record), record: record.sealedBody }));
        const { records: answered } = await call(() =>
          seals.Open({ accountId: idBytes(accountId), records: sealed }, { deadlineMs: callMs }),
        );
        if (answered.length !== batch.length) throw new Error('key-service opened another number of records than it was given');
        opened.push(...answered.map((record) => (record.result === 'plaintext' ? record.plaintext : undefined)));
      }
      return opened;
    },
  };
}

function contextOf({ conversationId, messageId, field }: RecordPlace) {
  return {
    conversationId: idBytes(conversationId),
    messageId: messageId === undefined ? noId : idBytes(messageId),
    field,
    schema: jsonSchema,
  };
}

async function call<T>(rpc: () => Promise<T>): Promise<T> {
  try {
    return await rpc();
  } catch (error) {
    if (error instanceof TacetError && error.code === 'epoch_past') throw new TacetError('conversation_expired', { cause: error });
    throw peerError(error);
  }
}

/** Consecutive batches that fit into one call each. */
export function* inBatches<T>(items: readonly T[], bytesOf: (item: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (batch.length === callRecordsMax || (batch.length > 0 && bytes + size > callBytesMax)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
