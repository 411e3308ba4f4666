import type { CatalogueModel } from './describe-models.ts';
import type { PricedModel } from './price-list.ts';

/** What a price list changes of a model: `new_price` makes an immutable price version, `new_limits` does not. */
export type PriceChange = 'new_model' | 'new_price' | 'new_limits' | 'none';

/** Compares a model of a price list with what is in force. */
export function priceChange(model: PricedModel, current: CatalogueModel | undefined): PriceChange {
  if (!current) return 'new_model';
  const { price } = current;
  if (!price || price.inputPico !== model.inputPico || price.cachedPico !== model.cachedPico || price.outputPico !== model.outputPico)
    return 'new_price';
  const limits = ['contextTokens', 'outputDefault', 'overheadTokens', 'mediaTokensMax'] as const;
  return limits.some((limit) => current[limit] !== model[limit]) ? 'new_limits' : 'none';
}
