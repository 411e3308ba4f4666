/** Prices of one model, in pico-USD per token. */
export interface Rates {
  readonly inputPico: bigint;
  readonly cachedPico: bigint;
  readonly outputPico: bigint;
}

/** Tokens of one request: prompt tokens that were not cached, those that were, and output. */
export interface Counts {
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
}

/** What counts cost in nano-USD, rounded up. Written anew here, so that the product's own arithmetic is checked too. */
export function priceOf({ inputPico, cachedPico, outputPico }: Rates, { input, cached, output }: Counts): bigint {
  const pico = input * inputPico + cached * cachedPico + output * outputPico;
  const whole = pico / 1000n;
  return whole * 1000n === pico ? whole : whole + 1n;
}
