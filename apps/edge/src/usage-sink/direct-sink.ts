import { fromPartitionSeqs, type Ledger } from '../money/ledger-messages.ts';
import type { UsageSink } from './usage-sink.ts';

/** How long billing may take to apply a batch. */
const appendDeadlineMs = 30_000;

/** Sends count records straight to billing, which applies them before it answers. */
export function directSink(ledger: Pick<Ledger, 'AppendUsage'>, edgeId: Buffer, epoch: () => number): UsageSink {
  return {
    send: async (records) => {
      const request = { edgeId, epoch: epoch(), records: records.map(({ bytes }) => bytes), totals: [], final: false };
      const { applied } = await ledger.AppendUsage(request, { deadlineMs: appendDeadlineMs });
      return fromPartitionSeqs(applied);
    },
    stop: async () => undefined,
  };
}
