import { OutboxReader } from '../spool/outbox-reader.ts';
import type { Seqs } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';
import { sinkRecordsMax, type UsageSink } from './usage-sink.ts';

export interface CatchUpOptions {
  readonly spool: Spool;
  readonly edgeId: Buffer;
  /** The last seqs before this epoch: what old holds wait for. */
  readonly base: Seqs;
  readonly applied: () => Seqs;
  /** Straight to billing. */
  readonly direct: UsageSink;
  readonly onApplied: (applied: Seqs) => void;
}

/**
 * After a start, with Kafka down: brings the records of the epochs before straight to billing, so that the
 * holds of those epochs are free soon whatever Kafka does. Does nothing where they are applied already.
 * Rejects when billing does not answer.
 */
export async function catchUp({ spool, edgeId, base, applied, direct, onApplied }: CatchUpOptions): Promise<void> {
  const reader = new OutboxReader(spool.outbox, edgeId, applied(), () => undefined);
  const isMissing = () => base.some((seq, partition) => (applied()[partition] ?? 0) < seq);
  while (isMissing()) {
    const records = reader.next(sinkRecordsMax, spool.synced).filter(({ partition, seq }) => seq <= (base[partition] ?? 0));
    if (records.length === 0) return;
    const now = await direct.send(records);
    if (now) onApplied(now);
  }
}
