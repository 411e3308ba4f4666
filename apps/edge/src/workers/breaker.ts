/** Failures in a row that open a breaker. */
export const failuresMax = 3;
/** How long it stays open the first time; each failed trial doubles it, up to the longest. */
export const openMsMin = 1_000;
export const openMsMax = 30_000;

/** `closed`: all requests pass. `open`: none. `half_open`: one at a time, to see. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * Keeps requests from a worker that fails them. It opens after failures in a row; when its time is over a single
 * request is a trial, whose success closes it and whose failure opens it for twice as long.
 */
export class Breaker {
  #failures = 0;
  #isOpen = false;
  #openMs = 0;
  #openUntil = 0;
  #hasTrial = false;

  stateAt(nowMs: number): BreakerState {
    if (!this.#isOpen) return 'closed';
    return nowMs < this.#openUntil ? 'open' : 'half_open';
  }

  /** Whether a request may pass. */
  admits(nowMs: number): boolean {
    return !this.#isOpen || (nowMs >= this.#openUntil && !this.#hasTrial);
  }

  /** When the next trial may begin; 0 while it is closed. */
  get trialAt(): number {
    return this.#isOpen ? this.#openUntil : 0;
  }

  /** A request passes. */
  begin(): void {
    if (this.#isOpen) this.#hasTrial = true;
  }

  /** A request is over, however it ended: if it was the trial and told nothing, another may be one. */
  release(): void {
    this.#hasTrial = false;
  }

  /** Returns whether this closed it. */
  noteSuccess(): boolean {
    const wasOpen = this.#isOpen;
    this.#failures = 0;
    this.#isOpen = false;
    this.#openMs = 0;
    return wasOpen;
  }

  /** Returns whether this opened it. */
  noteFailure(nowMs: number): boolean {
    this.#failures++;
    // Requests from before it opened say nothing new.
    if (this.#isOpen && nowMs < this.#openUntil) return false;
    if (!this.#isOpen && this.#failures < failuresMax) return false;
    const wasOpen = this.#isOpen;
    this.#isOpen = true;
    this.#openMs = Math.min(openMsMax, Math.max(openMsMin, this.#openMs * 2));
    this.#openUntil = nowMs + this.#openMs;
    return !wasOpen;
  }

  /** There is reason to believe that it is well again: the trial need not wait. */
  allowTrial(nowMs: number): void {
    if (this.#isOpen) this.#openUntil = Math.min(this.#openUntil, nowMs);
  }
}
