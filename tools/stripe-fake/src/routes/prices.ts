import { createPrice } from '../acts/create-price.ts';
import { paginate } from '../wire/paginate.ts';
import { applyMetadata, group, metadata, timedPageShape, text } from '../wire/shapes.ts';
import { priceShape } from './price-shapes.ts';
import { route, type Route } from './route.ts';

const shape = {
  ...priceShape,
  product_data: group({ name: text(), metadata: metadata().optional(), tax_code: text().optional() }).optional(),
  metadata: metadata().optional(),
  nickname: text().optional(),
  lookup_key: text(200).optional(),
};

/** Prices, as far as Checkout needs them. */
export const priceRoutes: readonly Route[] = [
  route('POST', '/v1/prices', shape, (world, parameters) => {
    const price = createPrice(world, parameters, true);
    price.metadata = applyMetadata({}, parameters.metadata);
    price.nickname = parameters.nickname ?? null;
    price.lookup_key = parameters.lookup_key ?? null;
    return price;
  }),
  route('GET', '/v1/prices', { ...timedPageShape, product: text().optional() }, ({ store }, page) => paginate(store.prices, '/v1/prices', page, ({ active, product }) => active && product === (page.product ?? product))),
  route('GET', '/v1/prices/:id', {}, ({ store }, _parameters, id) => store.prices.get(id)),
];
