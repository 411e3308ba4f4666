import type { Receipts } from '@tacet/constellation';
import type { ClientReceipt } from './load.ts';
import { priceOf, type Rates } from './price.ts';
import type { EdgeFaults } from './targets.ts';

export type WorkerReceipt = Receipts['receipts'][number];

/** What one request may cost, from outside: no less than its client received, no more than the workers sent. Nano-USD. */
export interface Bounds {
  readonly least: bigint;
  readonly most: bigint;
  /** An honest answer that came whole: its counts are known exactly, and both are the same where its price is. */
  readonly exact: WorkerReceipt | undefined;
}

/** A client may see an edge's end a little later than the kill. */
const seenLateMs = 3_000;
/** Pieces that may be in flight in one tick beside those that were read together. */
const tickSlack = 2;

/** Whether the edge of a request was killed while it ran: then its last tick may be missing in the counts. */
export function wasKilled({ edge, startedAtMs, endedAtMs }: ClientReceipt, faults: EdgeFaults): boolean {
  return faults.kills[edge]?.some((at) => at >= startedAtMs - 50 && at <= endedAtMs + seenLateMs) ?? false;
}

/** Computes the bounds of a request from its client's receipt and the workers', for all prices that it may have. */
export function boundsOf(client: ClientReceipt, workers: readonly WorkerReceipt[], faults: EdgeFaults, prices: readonly Rates[]): Bounds {
  const all = prices.map((rates) => boundsAt(rates, client, workers, faults));
  const [first] = all;
  if (!first) throw new Error('a request has at least one price');
  return all.reduce((a, b) => ({ least: a.least < b.least ? a.least : b.least, most: a.most > b.most ? a.most : b.most, exact: a.exact }), first);
}

function boundsAt(rates: Rates, client: ClientReceipt, workers: readonly WorkerReceipt[], faults: EdgeFaults): Bounds {
  const { isHonest, done } = client;
  const whole = workers.find(({ finished }) => finished);
  if (done && isHonest && whole) {
    const price = priceOf(rates, exactCounts(whole));
    return { least: price, most: price, exact: whole };
  }
  // Without the final nobody knows what was cached: all of the prompt is charged in full, as the docs say.
  const most = workers.map(({ promptTokens, outputTokens }) => priceOf(rates, { input: BigInt(promptTokens), cached: 0n, output: BigInt(outputTokens) })).reduce((a, b) => (a > b ? a : b), 0n);
  const lost = wasKilled(client, faults) ? client.lastPieces + tickSlack : 0;
  const received = client.stream ? Math.max(client.pieces - lost, 0) : 0;
  return { least: priceOf(rates, { input: 0n, cached: 0n, output: BigInt(received) }), most, exact: undefined };
}

/** The counts of a whole answer by its worker's receipt. */
export function exactCounts({ promptTokens, cachedTokens, outputTokens }: WorkerReceipt) {
  return { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) };
}
