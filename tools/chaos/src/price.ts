import type { TestModel } from '@tacet/constellation';

/** Tokens of one request: prompt tokens that were not cached, those that were, and output. */
export interface Counts {
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
}

/** What counts cost in nano-USD, rounded up. Written anew here, so that the product's own arithmetic is checked too. */
export function priceOf(model: TestModel, { input, cached, output }: Counts): bigint {
  const { inputPico = 0n, cachedPico = 0n, outputPico = 0n } = model;
  const pico = input * inputPico + cached * cachedPico + output * outputPico;
  const whole = pico / 1000n;
  return whole * 1000n === pico ? whole : whole + 1n;
}
