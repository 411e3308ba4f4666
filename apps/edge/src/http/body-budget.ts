import { TacetError } from '@tacet/errors';

const retryAfterMs = 1_000;

/** Bytes of all bodies in memory at once. */
export class BodyBudget {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether so many more would fit now. */
  fits(bytes: number): boolean {
    return this.#bytes + bytes <= this.#bytesMax;
  }

  /** Whether so many more fit; they count from now on. */
  take(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What one body has taken out of the budget. */
export class BodyShare {
  readonly #budget: BodyBudget;
  #bytes = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** Throws `overloaded` where so many bytes more would not fit now. Takes none. */
  expect(bytes: number): void {
    if (!this.#budget.fits(bytes)) throw new TacetError('overloaded', { retryAfterMs });
  }

  /** Takes so many bytes more. Throws `overloaded` where they do not fit. */
  take(bytes: number): void {
    if (!this.#budget.take(bytes)) throw new TacetError('overloaded', { retryAfterMs });
    this.#bytes += bytes;
  }

  /** Gives all of it back; once is enough. */
  release(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}
