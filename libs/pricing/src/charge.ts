/** Tokens of one request (or of a sum), as three disjoint kinds; non-negative integers. */
export interface TokenCounts {
  /** Prompt tokens that were not read from a cache. */
  readonly input: bigint;
  /** Prompt tokens read from a cache. */
  readonly cached: bigint;
  /** Generated tokens, reasoning included. */
  readonly output: bigint;
}

/** An immutable price version, in pico-USD per token (= micro-USD per million tokens). */
export interface Price {
  readonly priceVersion: number;
  readonly modelId: string;
  readonly inputPico: bigint;
  readonly cachedPico: bigint;
  readonly outputPico: bigint;
}

/** The three rates of a price, without what names it. */
export type Rates = Pick<Price, 'inputPico' | 'cachedPico' | 'outputPico'>;

const picoPerNano = 1000n;

/**
 * What counts cost, in nano-USD, rounded up: `ceil((in·p_in + cached·p_cached + out·p_out) / 1000)`.
 *
 * What moves when counts change is `charge(new) − charge(old)`, so that rounding is at most 1 nano-USD a
 * request and never one per chunk.
 */
export function charge(rates: Rates, counts: TokenCounts): bigint {
  return roundUp(counts.input * rates.inputPico + counts.cached * rates.cachedPico + counts.output * rates.outputPico);
}

/**
 * The most that `inputTokens` can cost, whichever of them turn out to be cached, and `outputTokens`.
 * Admission reserves this.
 */
export function chargeBound(rates: Rates, inputTokens: bigint, outputTokens: bigint): bigint {
  const dearest = rates.inputPico > rates.cachedPico ? rates.inputPico : rates.cachedPico;
  return roundUp(inputTokens * dearest + outputTokens * rates.outputPico);
}

/** How many output tokens `nanoUsd` buys beside `inputTokens`; 0 when not even the input is covered. */
export function affordableOutput(rates: Rates, inputTokens: bigint, nanoUsd: bigint): bigint {
  const rest = nanoUsd * picoPerNano - chargeBound(rates, inputTokens, 0n) * picoPerNano;
  if (rest < 0n) return 0n;
  return rates.outputPico === 0n ? BigInt(Number.MAX_SAFE_INTEGER) : rest / rates.outputPico;
}

function roundUp(pico: bigint): bigint {
  return (pico + picoPerNano - 1n) / picoPerNano;
}
