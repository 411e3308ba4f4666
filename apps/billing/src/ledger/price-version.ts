import { hash } from 'node:crypto';

/** What a price version stands for; rates are pico-USD per token. */
export interface PriceContent {
  readonly modelId: string;
  readonly inputPico: bigint;
  readonly cachedPico: bigint;
  readonly outputPico: bigint;
}

/**
 * The id of a price version, derived from its content and from how often the model had this very price before: 31 bits,
 * never 0. A counter would be given twice after a failover that forgets a commit, and then mean two prices; the same
 * price list applied again gives the same ids. `occurrence` also steps over ids that are taken.
 */
export function priceVersionOf({ modelId, inputPico, cachedPico, outputPico }: PriceContent, occurrence: number): number {
  const digest = hash(
    'sha256',
    JSON.stringify([occurrence, modelId, inputPico.toString(), cachedPico.toString(), outputPico.toString()]),
    'buffer',
  );
  return digest.readUInt32BE(0) & 0x7fff_ffff || 1;
}
