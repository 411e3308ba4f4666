import type { Price } from '@tacet/pricing';
import type { Model__Output } from '@tacet/rpc/types/ledger/v1/Model';
import type { Price__Output } from '@tacet/rpc/types/ledger/v1/Price';

/** A model as clients may ask for it. */
export interface CatalogueModel {
  readonly modelId: string;
  /** Prompt and answer together. */
  readonly contextTokens: number;
  /** Output bound of a request that names none. */
  readonly outputDefault: number;
  /** Upper bound of what a chat template adds to a prompt. */
  readonly overheadTokens: number;
  /** Upper bound of one media part; 0 = the model takes none. */
  readonly mediaTokensMax: number;
  /** The version that new requests are admitted under; undefined = not priced. */
  readonly price: Price | undefined;
  /** Since when that version is in force, UTC milliseconds; 0 = not priced. */
  readonly pricedAtMs: number;
}

/** Models and prices as billing has published them; replaced as a whole when a newer revision comes. */
export class Catalogue {
  #revision = '0';
  #models: ReadonlyMap<string, CatalogueModel> = new Map();
  #prices: ReadonlyMap<number, Price> = new Map();

  get revision(): string {
    return this.#revision;
  }

  get models(): ReadonlyMap<string, CatalogueModel> {
    return this.#models;
  }

  /** Any version ever published: totals and slots name old ones. */
  price(version: number): Price | undefined {
    return this.#prices.get(version);
  }

  replace(revision: string, models: readonly Model__Output[], prices: readonly Price__Output[]): void {
    this.#prices = new Map(prices.map((price) => [price.priceVersion, toPrice(price)]));
    const since = new Map(prices.map(({ priceVersion, effectiveAtMs }) => [priceVersion, Number(effectiveAtMs)]));
    this.#models = new Map(
      models.map(({ priceVersion, ...model }) => [model.modelId, { ...model, price: this.#prices.get(priceVersion), pricedAtMs: since.get(priceVersion) ?? 0 }]),
    );
    this.#revision = revision;
  }
}

function toPrice(price: Price__Output): Price {
  return {
    priceVersion: price.priceVersion,
    modelId: price.modelId,
    inputPico: BigInt(price.inputPico),
    cachedPico: BigInt(price.cachedPico),
    outputPico: BigInt(price.outputPico),
  };
}
