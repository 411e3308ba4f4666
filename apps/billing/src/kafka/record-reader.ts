import type { Connection, Pool } from '@tacet/database';
import { isDataError } from '../database-errors.ts';
import { recordsPerTransactionMax } from '../limits.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import { fitsLog, lockStoredOffset, moveStoredOffset, readStoredOffsets, replaceStoredOffset } from './stored-offset.ts';
import type { ReadableLog } from './usage-topic.ts';

/** One message of a log. */
export interface LogMessage {
  readonly offset: bigint;
  readonly record: Buffer;
}

/** Reports that everything before this offset is applied for good. */
export type OnApplied = (next: bigint) => Promise<void>;

/**
 * Applies what was read of the logs, wherever Postgres says that reading goes on: its offset lies in the transaction
 * that applies the records, so a failover, a crash or a second reader cannot part the two. Knows nothing of kafkajs.
 */
export class RecordReader {
  readonly #pool: Pool;
  readonly #writer: UsageWriter;
  readonly #topic: ReadableLog;
  /** By partition: where Postgres is, as far as this reader knows. */
  readonly #positions = new Map<number, bigint>();

  constructor(pool: Pool, writer: UsageWriter, topic: ReadableLog) {
    this.#pool = pool;
    this.#writer = writer;
    this.#topic = topic;
  }

  /** Other partitions may have been given to this reader: what it knew of positions is old. */
  forgetPositions(): void {
    this.#positions.clear();
  }

  /**
   * Applies messages in the order of the log, one transaction for each `recordsPerTransactionMax`. Answers where to
   * seek when Postgres is elsewhere: then the rest was not applied. Throws what cannot be mended by going on.
   */
  async apply(partition: number, messages: readonly LogMessage[], onApplied: OnApplied): Promise<{ readonly seekTo: bigint } | undefined> {
    const first = messages[0]?.offset ?? 0n;
    const known = this.#positions.get(partition);
    // Offsets may have holes, but what lies before the position has been read once already.
    let position = known !== undefined && known <= first ? known : first;
    this.#positions.delete(partition);
    let reading = this.#read(messages.slice(0, recordsPerTransactionMax));
    for (let at = 0; at < messages.length; at += recordsPerTransactionMax) {
      const chunk = messages.slice(at, at + recordsPerTransactionMax);
      const following = messages.slice(at + recordsPerTransactionMax, at + 2 * recordsPerTransactionMax);
      const columns = await reading;
      const next = (chunk.at(-1)?.offset ?? position) + 1n;
      const meanwhile = () => {
        reading = this.#read(following);
      };
      const applied = await this.#writer
        .write(columns, { ...this.#between(partition, position, next), meanwhile })
        .catch((error: unknown) => {
          if (!isDataError(error)) throw error;
          return this.#applyOneByOne(partition, position, chunk);
        });
      if (!applied) return { seekTo: await this.#settlePosition(partition) };
      position = next;
      this.#positions.set(partition, next);
      await onApplied(next);
    }
    return undefined;
  }

  /** A failure is met where the promise is awaited; it must not count as unhandled before. */
  #read(messages: readonly LogMessage[]) {
    const reading = this.#writer.read(messages.map(({ record }) => record));
    reading.catch(() => undefined);
    return reading;
  }

  #between(partition: number, position: bigint, next: bigint) {
    return {
      before: async (connection: Connection) => {
        const stored = await lockStoredOffset(connection, this.#topic.name, partition);
        return stored?.next === position;
      },
      after: (connection: Connection) => moveStoredOffset(connection, this.#topic.name, partition, next),
    };
  }

  async #applyOneByOne(partition: number, from: bigint, chunk: readonly LogMessage[]): Promise<boolean> {
    let position = from;
    for (const { offset, record } of chunk) {
      if (!(await this.#writer.writeOne(record, this.#between(partition, position, offset + 1n)))) return false;
      position = offset + 1n;
    }
    return true;
  }

  /**
   * Where reading goes on: at the offset that Postgres has, or, when that lies outside of the log (erased, cut, or of
   * another cluster), at the log's beginning. What is read again is skipped, what is missing is sent again by the edges.
   */
  async #settlePosition(partition: number): Promise<bigint> {
    const stored = (await readStoredOffsets(this.#pool, this.#topic.name)).get(partition);
    const clusterId = await this.#topic.readClusterId();
    const bounds = (await this.#topic.readBounds())[partition] ?? { low: 0n, high: 0n };
    const fits = fitsLog(stored, clusterId, bounds);
    const next = fits ? stored.next : bounds.low;
    if (!fits) await replaceStoredOffset(this.#pool, this.#topic.name, partition, stored, { clusterId, next });
    this.#positions.set(partition, next);
    return next;
  }
}
