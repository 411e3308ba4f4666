import { formatUsd } from '@tacet/pricing';
import type { ApplyPricesResponse__Output } from '@tacet/rpc/types/ledger/v1/ApplyPricesResponse';
import type { Json } from './output.ts';
import type { PricedModel } from './price-list.ts';

const nanoPerPicoPerToken = 1_000n;

/** A model of the catalogue with the price that new requests are admitted under; no price: it is not sold. */
export interface CatalogueModel extends Omit<PricedModel, 'inputPico' | 'cachedPico' | 'outputPico'> {
  /** 0 = not priced. */
  readonly priceVersion: number;
  readonly price: Pick<PricedModel, 'inputPico' | 'cachedPico' | 'outputPico'> | undefined;
}

/** Puts each model and its current price together, by id. */
export function toCatalogue({ models, prices }: Pick<ApplyPricesResponse__Output, 'models' | 'prices'>): readonly CatalogueModel[] {
  const byVersion = new Map(prices.map((price) => [price.priceVersion, price]));
  return models
    .map((model) => {
      const price = byVersion.get(model.priceVersion);
      return {
        id: model.modelId,
        contextTokens: model.contextTokens,
        outputDefault: model.outputDefault,
        overheadTokens: model.overheadTokens,
        mediaTokensMax: model.mediaTokensMax,
        priceVersion: model.priceVersion,
        price: price && { inputPico: BigInt(price.inputPico), cachedPico: BigInt(price.cachedPico), outputPico: BigInt(price.outputPico) },
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** 100000n pico-USD per token → `"0.10"` USD per million tokens. */
export function formatUsdPerMillion(picoPerToken: bigint): string {
  return formatUsd(picoPerToken * nanoPerPicoPerToken);
}

/** A model as JSON, named as in models.yaml. */
export function modelToJson(model: Omit<CatalogueModel, 'priceVersion'>): { readonly [field: string]: Json } {
  const { price } = model;
  return {
    id: model.id,
    context_tokens: model.contextTokens,
    output_default: model.outputDefault,
    overhead_tokens: model.overheadTokens,
    media_tokens_max: model.mediaTokensMax,
    usd_per_million_tokens: price
      ? {
          input: formatUsdPerMillion(price.inputPico),
          cached: formatUsdPerMillion(price.cachedPico),
          output: formatUsdPerMillion(price.outputPico),
        }
      : null,
  };
}

const right = 'right' as const;

/** Columns of a table of models; further ones may follow. */
export const modelColumns = [
  { title: 'MODEL' },
  { title: 'INPUT', align: right },
  { title: 'CACHED', align: right },
  { title: 'OUTPUT', align: right },
  { title: 'CONTEXT', align: right },
  { title: 'DEFAULT OUTPUT', align: right },
];

/** A model as a row of `modelColumns`; prices in USD per million tokens. */
export function modelToRow(model: Omit<CatalogueModel, 'priceVersion'>): readonly string[] {
  const prices = model.price
    ? [model.price.inputPico, model.price.cachedPico, model.price.outputPico].map(formatUsdPerMillion)
    : ['-', '-', '-'];
  return [model.id, ...prices, String(model.contextTokens), String(model.outputDefault)];
}
