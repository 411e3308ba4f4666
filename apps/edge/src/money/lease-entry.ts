import { Lease, type LeaseKey } from './lease.ts';

/** Who waits for a lease to grow. */
export interface LeaseWaiter {
  readonly wantNano: bigint;
  /** What would do where the account does not have more. */
  readonly minimumNano: bigint;
  /** Whether less than wanted will also do where other requests hold the rest: of a stream that runs already. */
  readonly isExtension: boolean;
  /** Called once, with what was reserved. */
  readonly resolve: (reservedNano: bigint) => void;
  readonly reject: (error: Error) => void;
}

/** Above this, in nano-USD, a lease may keep some of what is available for itself: $0.50. */
const floorNano = 500_000_000n;
/** At most this share of what is available above the floor. */
const shareDivisor = 8n;

/** A lease with what the edge remembers beside it, to size it and to serve who waits for it. */
export class LeaseEntry {
  readonly key: LeaseKey;
  readonly lease = new Lease();
  waiters: LeaseWaiter[] = [];
  /** Whether a SetLease is under way (or tried again until it is answered). */
  isAsking = false;
  /** On the monotonic clock. */
  usedAt: number;
  changedAt: number;
  /** No asking ahead of need before this. */
  aheadAfter = 0;
  /** What the account could spend beside all holds, as of the newest answer. */
  availableNano = 0n;
  /** A refusal is true for a moment, so that a poor account costs billing no call for each of its requests. */
  refusal: { readonly error: Error; readonly untilMs: number } | undefined;
  #largestNano = 0n;
  #windowStart: number;
  #spentNano = 0n;
  #spentBeforeNano = 0n;

  constructor(key: LeaseKey, nowMs: number) {
    this.key = key;
    this.usedAt = nowMs;
    this.changedAt = nowMs;
    this.#windowStart = nowMs;
  }

  noteNeed(needNano: bigint): void {
    if (needNano > this.#largestNano) this.#largestNano = needNano;
  }

  noteSpent(spentNano: bigint, nowMs: number, windowMs: number): void {
    this.#turnWindow(nowMs, windowMs);
    this.#spentNano += spentNano;
  }

  /**
   * What the lease should hold beyond what is in use: recent spending and room for two more requests, but no
   * more than an eighth of what is available above a floor. A poor account's lease is exactly its requests.
   */
  spareNano(nowMs: number, windowMs: number): bigint {
    this.#turnWindow(nowMs, windowMs);
    const cap = (this.availableNano - floorNano) / shareDivisor;
    if (cap <= 0n) return 0n;
    const wanted = this.#spentNano + this.#spentBeforeNano + 2n * this.#largestNano;
    return wanted < cap ? wanted : cap;
  }

  /** Two halves of the window, so that what is summed is half a window to a window and a half old. */
  #turnWindow(nowMs: number, windowMs: number): void {
    const elapsed = nowMs - this.#windowStart;
    if (elapsed < windowMs) return;
    this.#spentBeforeNano = elapsed < 2 * windowMs ? this.#spentNano : 0n;
    if (elapsed >= 2 * windowMs) this.#largestNano = 0n;
    this.#spentNano = 0n;
    this.#windowStart = nowMs;
  }
}
