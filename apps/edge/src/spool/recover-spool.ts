import { countRecord } from './count-record.ts';
import type { NoLogTotals } from './no-log-totals.ts';
import { findFinals, type Outbox } from './outbox.ts';
import type { SlotsFile } from './slots.ts';

/** What a crash had left. */
export interface Recovery {
  /** Requests that got a final (edge_crash). */
  readonly crashFinals: number;
  /** No-log requests whose counts went into the totals of their epoch. */
  readonly folded: number;
  /** Slots that could not be read. */
  readonly damaged: number;
}

/**
 * Ends every request that was running when the last process died: one slot after the other, so that this may
 * itself be killed anywhere and run again. A request whose final is in the outbox, or that a total names, is
 * counted already: its slot is only cleared.
 */
export function recoverSpool(outbox: Outbox, slots: SlotsFile, totals: NoLogTotals, timeMs: number): Recovery {
  const { found, damaged } = slots.readRequests();
  const normal = found.filter(({ content }) => !content.admission.noLog).map(({ content }) => content);
  const sinceSegment = Math.min(...normal.map((content) => content.sinceSegment));
  const finals = findFinals(outbox, new Set(normal.map(({ admission }) => admission.requestId.toString('hex'))), sinceSegment);
  let crashFinals = 0;
  let folded = 0;
  for (const { index, content } of found) {
    const { admission, counters, ticket } = content;
    if (admission.noLog) {
      if (!totals.hasAbsorbed(admission, ticket)) {
        totals.absorb(admission, counters, ticket);
        folded++;
      }
    } else if (!finals.has(admission.requestId.toString('hex'))) {
      outbox.append(countRecord(admission, counters, { kind: 'final', status: 'edge_crash', latencyMs: 0, timeMs }));
      crashFinals++;
    }
    slots.clearRequestNow(index);
  }
  return { crashFinals, folded, damaged };
}
