/**
 * For how long this process has served heartbeats without a break, by the database's clock. An edge may be held for lost
 * only by a billing that could have heard it all the time. A break is a look that did not come (the process, its machine
 * or the database stood still) or a heartbeat that could not be answered.
 */
export class ServingClock {
  readonly #gapMsMax: number;
  #since: number | undefined;
  #last: number | undefined;

  /** `gapMsMax`: looks further apart than this are a break. */
  constructor(gapMsMax: number) {
    this.#gapMsMax = gapMsMax;
  }

  /** A heartbeat could not be answered. */
  interrupt(): void {
    this.#since = undefined;
  }

  /** A look, at the database's time; answers for how long heartbeats were served before it. */
  look(databaseTimeMs: number): number {
    if (this.#last === undefined || databaseTimeMs - this.#last > this.#gapMsMax || databaseTimeMs < this.#last) this.#since = undefined;
    this.#last = databaseTimeMs;
    this.#since ??= databaseTimeMs;
    return databaseTimeMs - this.#since;
  }
}
