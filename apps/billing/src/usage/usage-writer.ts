import { transaction, type Connection, type Pool } from '@tacet/database';
import { isDataError } from '../database-errors.ts';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';
import { applyUsage, quarantineRecord, type AppliedUsage } from './apply-usage.ts';
import type { PriceBook } from './price-book.ts';
import { retryDeadLetters, type RetriedLetters } from './retry-dead-letters.ts';
import type { UsageColumns } from './usage-columns.ts';

/** What happens beside the records: in their transaction, the consumer's offset. */
export interface Surroundings {
  /** Answers false to apply nothing. */
  readonly before: (connection: Connection) => Promise<boolean>;
  /** Not in the transaction: work of this process for the time that the database works. */
  readonly meanwhile?: () => void;
  readonly after: (connection: Connection) => Promise<void>;
}

/** The one door through which count records become money, for Kafka and for AppendUsage alike. */
export class UsageWriter {
  readonly #pool: Pool;
  readonly #prices: PriceBook;
  readonly #metrics: Metrics;
  readonly #events: Events;

  constructor(pool: Pool, prices: PriceBook, metrics: Metrics, events: Events) {
    this.#pool = pool;
    this.#prices = prices;
    this.#metrics = metrics;
    this.#events = events;
  }

  /** Reads records into columns; needs the database only for prices that are new. */
  read(records: readonly Buffer[]): Promise<UsageColumns> {
    return this.#prices.toColumns(records);
  }

  /**
   * Applies what was read in one transaction and answers whether `before` let it. Throws what the database throws;
   * for an error that trying again cannot mend (`isDataError`), the caller goes on with `writeOne`, record by record.
   */
  async write(columns: UsageColumns, surroundings?: Surroundings): Promise<boolean> {
    const started = performance.now();
    const applied = await transaction(this.#pool, async (connection) => {
      if (surroundings && !(await surroundings.before(connection))) return undefined;
      const applying = applyUsage(connection, columns);
      surroundings?.meanwhile?.();
      const result = await applying;
      await surroundings?.after(connection);
      return result;
    });
    if (!applied) return false;
    this.#report(applied, performance.now() - started);
    return true;
  }

  /** Applies one record, or quarantines it when the database refuses it. */
  async writeOne(record: Buffer, surroundings?: Surroundings): Promise<boolean> {
    try {
      return await this.write(await this.read([record]), surroundings);
    } catch (error) {
      if (!isDataError(error)) throw error;
      this.#events.recordRefused(error);
      return transaction(this.#pool, async (connection) => {
        if (surroundings && !(await surroundings.before(connection))) return false;
        if (await quarantineRecord(connection, record)) this.#metrics.deadLetters.inc({ reason: 'refused' });
        await surroundings?.after(connection);
        return true;
      });
    }
  }

  /** Charges the dead letters that can be charged by now. */
  async retryDeadLetters(): Promise<RetriedLetters> {
    const retried = await retryDeadLetters(this.#pool);
    this.#reportLosses(retried);
    return retried;
  }

  #report(applied: AppliedUsage, ms: number): void {
    const { records, deadLetters, applySeconds } = this.#metrics;
    applySeconds.observe(ms / 1000);
    records.inc({ outcome: 'applied' }, applied.applied);
    records.inc({ outcome: 'skipped' }, applied.skipped);
    records.inc({ outcome: 'corrupt' }, applied.corrupt);
    for (const reason of applied.deadLetters) deadLetters.inc({ reason });
    if (applied.corrupt > 0) this.#events.recordsCorrupt(applied.corrupt);
    if (applied.deadLetters.length > 0) this.#events.deadLetters(applied.deadLetters);
    this.#reportLosses(applied);
  }

  #reportLosses({ lateNano, boundNano, deletedNano }: Pick<AppliedUsage, 'lateNano' | 'boundNano' | 'deletedNano'>): void {
    const { losses } = this.#metrics;
    losses.add('late', lateNano);
    losses.add('bound', boundNano);
    losses.add('deleted', deletedNano);
    if (lateNano > 0n) this.#events.loss('late');
    if (boundNano > 0n) this.#events.loss('bound');
  }
}
