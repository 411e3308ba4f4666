import { affordableOutput, charge, chargeBound, type Price } from '@tacet/pricing';
import type { ChargePeak, LeaseBook } from './money/lease-book.ts';
import type { LeaseEntry } from './money/lease-entry.ts';

/** Output that a stream reserves at once; at half of it the next is reserved. */
export const sliceTokens = 1_024;
/** The least output of a choice that is worth a request. */
const outputTokensMin = 1;
/** Counts never come near; keeps arithmetic on numbers exact. */
const outputTokensMax = 0xffff_ffff;

/** Tokens of the three kinds, as counted so far. */
export interface Counts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** What a prompt of at most so many tokens and that much output can cost, in nano-USD. */
export function needNano(price: Price, inputBound: number, outputTokens: number): bigint {
  return chargeBound(price, BigInt(inputBound), BigInt(outputTokens));
}

/** Money that a request has set aside out of a lease, and the output that it covers. */
export class Reservation {
  readonly price: Price;
  readonly #book: LeaseBook;
  readonly #entry: LeaseEntry;
  #nano: bigint;
  /** Prompt tokens: the bound, until the worker tells them. */
  #input: number;
  /** Measured when somebody asks; -1: not yet. */
  #outputMax = -1;
  #isEnded = false;

  constructor(book: LeaseBook, entry: LeaseEntry, price: Price, nano: bigint, inputBound: number) {
    this.#book = book;
    this.#entry = entry;
    this.price = price;
    this.#nano = nano;
    this.#input = inputBound;
  }

  get nano(): bigint {
    return this.#nano;
  }

  /** Output tokens that are paid for, all choices together. */
  get outputMax(): number {
    if (this.#outputMax < 0) {
      const covered = affordableOutput(this.price, BigInt(this.#input), this.#nano);
      this.#outputMax = covered > BigInt(outputTokensMax) ? outputTokensMax : Number(covered);
    }
    return this.#outputMax;
  }

  /** The worker has told how long the prompt is: what the bound was above it pays for output. */
  setInput(tokens: number): void {
    if (tokens === this.#input) return;
    this.#input = tokens;
    this.#outputMax = -1;
  }

  /** Reserves another slice in memory. Returns whether it could. */
  tryExtend(tokens: number): boolean {
    const nano = this.#needFor(tokens);
    if (!this.#book.tryReserve(this.#entry, nano)) return false;
    this.#grow(nano);
    return true;
  }

  /** Reserves another slice, letting the lease grow. Rejects with the refusal of billing. */
  async extend(tokens: number, signal: AbortSignal): Promise<void> {
    const nano = this.#needFor(tokens);
    const got = await this.#book.obtain(this.#entry, { wantNano: nano, minimumNano: this.#needFor(outputTokensMin), isExtension: true }, signal);
    if (this.#isEnded) this.#book.settle(this.#entry, got, 0n);
    else this.#grow(got);
  }

  /** What counts cost, at most what is reserved. */
  chargeOf(counts: Counts): bigint {
    const nano = charge(this.price, { input: BigInt(counts.input), cached: BigInt(counts.cached), output: BigInt(counts.output) });
    return nano < this.#nano ? nano : this.#nano;
  }

  /** Ends the reservation with what is charged. */
  settle(chargeNano: bigint, peak?: ChargePeak): void {
    this.#isEnded = true;
    this.#book.settle(this.#entry, this.#nano, chargeNano, peak);
  }

  #grow(nano: bigint): void {
    this.#nano += nano;
    this.#outputMax = -1;
  }

  #needFor(tokens: number): bigint {
    const nano = chargeBound(this.price, BigInt(this.#input), BigInt(this.outputMax + tokens)) - this.#nano;
    return nano > 0n ? nano : 0n;
  }
}
