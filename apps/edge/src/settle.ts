import { charge, type Price } from '@tacet/pricing';
import type { RecordStatus } from '@tacet/usage';
import type { AdmittedRequest } from './admit.ts';
import type { ChargePeak } from './money/lease-book.ts';
import type { Counts, Reservation } from './reservation.ts';
import type { Spool } from './spool/spool.ts';

/** How a request ended, and what it cost. */
export interface Outcome {
  readonly status: Exclude<RecordStatus, 'none' | 'edge_crash'>;
  readonly counts: Counts;
  readonly chargeNano: bigint;
}

/**
 * The seventh step: the request's final (or its part of a no-log total) is written, then the reservation goes
 * back to the lease. `peakNano`: the most that a checkpoint charged. `isInTurn`: whether
 * what is written may wait for the end of this turn of the event loop (`Spool.finishInTurn`).
 */
export function settle(admitted: AdmittedRequest, spool: Spool, status: Outcome['status'], latencyMs: number, peakNano: bigint, isInTurn: boolean): Outcome {
  const { slot, reservation, request } = admitted;
  slot.counters.reservedNano = reservation.nano;
  if (request.caller.noLog) return settleNoLog(admitted, spool, status, isInTurn);
  const { input, cached, output } = slot.counters;
  const counts = { input, cached, output };
  const { seq } = isInTurn ? spool.finishInTurn(slot, status, latencyMs) : spool.finish(slot, status, latencyMs);
  const chargeNano = reservation.chargeOf(counts);
  // Billing may stand at that checkpoint until it has applied the final.
  const peak: ChargePeak | undefined = peakNano > chargeNano ? { partition: request.caller.partition, seq, amountNano: peakNano - chargeNano } : undefined;
  reservation.settle(chargeNano, peak);
  return { status, counts, chargeNano };
}

/** Totals are rounded once, not per request; and billing has no reservation to hold them to, so the counts are. */
function settleNoLog({ slot, reservation, request }: AdmittedRequest, spool: Spool, status: Outcome['status'], isInTurn: boolean): Outcome {
  const { input, cached, output } = slot.counters;
  const counts = covered({ input, cached, output }, reservation, request.inputBound);
  slot.counters.input = counts.input;
  slot.counters.cached = counts.cached;
  slot.counters.output = counts.output;
  const { before, after } = isInTurn ? spool.absorbInTurn(slot) : spool.absorb(slot);
  const chargeNano = chargeOf(reservation.price, after) - chargeOf(reservation.price, before);
  reservation.settle(chargeNano < reservation.nano ? chargeNano : reservation.nano);
  return { status, counts, chargeNano };
}

function covered(counts: Counts, reservation: Reservation, inputBound: number): Counts {
  const { price, nano } = reservation;
  if (chargeOf(price, counts) <= nano) return counts;
  const prompt = Math.min(counts.input + counts.cached, inputBound);
  reservation.setInput(prompt);
  return { input: prompt, cached: 0, output: Math.min(counts.output, reservation.outputMax) };
}

function chargeOf(price: Price, { input, cached, output }: Counts): bigint {
  return charge(price, { input: BigInt(input), cached: BigInt(cached), output: BigInt(output) });
}
