import { newPrice, type Price, type Recurrence } from '../objects/price.ts';
import { newProduct, type Product } from '../objects/product.ts';
import { applyMetadata, type MetadataChange } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { emit } from './emit.ts';

/** What a new product may say. */
export interface ProductRequest {
  readonly name: string;
  readonly description?: string | undefined;
  readonly metadata?: MetadataChange | undefined;
  readonly tax_code?: string | undefined;
  readonly images?: string[] | undefined;
}

/** Something new to sell. */
export function createProduct(world: World, { name, description, metadata, tax_code: taxCode, images }: ProductRequest): Product {
  const product = newProduct(world.ids.next('product'), world.clock.now(), name);
  product.description = description ?? null;
  product.metadata = applyMetadata({}, metadata);
  product.tax_code = taxCode ?? null;
  product.images = images ?? [];
  world.store.products.add(product);
  emit(world, 'product.created', product);
  return product;
}

/** What a new price says, in the words of `price_data` and of `POST /v1/prices`. */
export interface PriceRequest {
  readonly currency: string;
  readonly product?: string | undefined;
  readonly product_data?: ProductRequest | undefined;
  readonly unit_amount?: number | undefined;
  readonly unit_amount_decimal?: string | undefined;
  readonly recurring?: { readonly interval: Recurrence['interval']; readonly interval_count?: number | undefined } | undefined;
  readonly tax_behavior?: 'unspecified' | 'exclusive' | 'inclusive' | undefined;
}

/** Throws `StripeError` where no price can be made of it. `param` says where the request stands among the parameters. */
export function checkPrice({ store }: World, request: PriceRequest, param: (name: string) => string): { unitAmount: number } {
  const { product, product_data: productData } = request;
  if ((product === undefined) === (productData === undefined)) throw invalidRequest('You must specify either `product` or `product_data` when creating a price.', param('product'), product === undefined ? 'parameter_missing' : 'parameters_exclusive');
  if (product !== undefined) store.products.get(product, param('product'));
  return { unitAmount: unitAmountOf(request, param) };
}

/** A new price, and a new product where it names none. Check it first. */
export function createPrice(world: World, request: PriceRequest, active: boolean): Price {
  const { currency, product, product_data: productData, recurring } = request;
  const { unitAmount } = checkPrice(world, request, String);
  const id = product ?? createProduct(world, productData ?? { name: '' }).id;
  const price = newPrice({ id: world.ids.next('price'), created: world.clock.now(), product: id, currency, unitAmount, recurring: recurring && { interval: recurring.interval, interval_count: recurring.interval_count ?? 1 }, active });
  price.tax_behavior = request.tax_behavior ?? 'unspecified';
  world.store.prices.add(price);
  emit(world, 'price.created', price);
  return price;
}

/** Whole amounts only: nobody here sells by fractions of a cent. */
function unitAmountOf({ unit_amount: amount, unit_amount_decimal: decimal }: PriceRequest, param: (name: string) => string): number {
  if (amount !== undefined && decimal !== undefined) throw invalidRequest('You may only specify one of these parameters: unit_amount, unit_amount_decimal.', param('unit_amount'), 'parameters_exclusive');
  if (amount !== undefined) return amount;
  if (decimal === undefined) throw invalidRequest(`Missing required param: ${param('unit_amount')}.`, param('unit_amount'), 'parameter_missing');
  if (!/^\d{1,8}$/.test(decimal)) throw invalidRequest('The fake takes whole amounts only.', param('unit_amount_decimal'));
  return Number(decimal);
}
