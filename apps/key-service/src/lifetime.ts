/** The two clocks of a process, in milliseconds. */
export interface Clocks {
  /** UTC; can be set. */
  readonly wall: () => number;
  /** Since some moment; cannot be set, and may stand still while the machine sleeps. */
  readonly monotonic: () => number;
}

/** A span of time that is over when either clock says so, or when the wall clock was set back. */
export class Lifetime {
  readonly #clocks: Clocks;
  readonly #milliseconds: number;
  readonly #wallStart: number;
  readonly #monotonicStart: number;

  constructor(clocks: Clocks, milliseconds: number) {
    this.#clocks = clocks;
    this.#milliseconds = milliseconds;
    this.#wallStart = clocks.wall();
    this.#monotonicStart = clocks.monotonic();
  }

  isOver(): boolean {
    const wall = this.#clocks.wall() - this.#wallStart;
    const monotonic = this.#clocks.monotonic() - this.#monotonicStart;
    return wall < 0 || wall >= this.#milliseconds || monotonic >= this.#milliseconds;
  }
}
