/** The fake's time. It follows the real one at a distance that tests may set. */
export class Clock {
  #offsetSeconds = 0;

  /** Seconds since 1970, as all times of Stripe's API. */
  now(): number {
    return Math.floor(Date.now() / 1_000) + this.#offsetSeconds;
  }

  /** Moves on, or back where `seconds` is negative. */
  advance(seconds: number): void {
    this.#offsetSeconds += seconds;
  }

  /** Back to the real time. */
  reset(): void {
    this.#offsetSeconds = 0;
  }
}
