/** Share of requests that may be tried again. */
const share = 0.1;
/** Retries that may come at once. */
const retriesMax = 20;

/** Keeps retries from making an outage worse: one for every ten requests. */
export class RetryBudget {
  #left = retriesMax;

  noteRequest(): void {
    this.#left = Math.min(retriesMax, this.#left + share);
  }

  /** Whether one more request may be tried again. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
