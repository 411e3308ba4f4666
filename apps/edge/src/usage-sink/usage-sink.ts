import type { OutgoingRecord } from '../spool/outbox-reader.ts';
import type { Seqs } from '../spool/segment.ts';

/** Most records that are given to a sink at once. */
export const sinkRecordsMax = 2_048;

/**
 * The way by which count records reach billing. Two implementations: Kafka, and straight to billing where there
 * is none. A sink may lose, repeat and reorder batches: what counts is `applied`, which billing tells.
 */
export interface UsageSink {
  /**
   * Hands a batch over, in order per partition; one call at a time. Resolves when the other side has taken it:
   * with what is applied by then, if the sink can know. Rejects when that is uncertain: the batch is sent again.
   */
  send(records: readonly OutgoingRecord[]): Promise<Seqs | undefined>;
  stop(): Promise<void>;
}
