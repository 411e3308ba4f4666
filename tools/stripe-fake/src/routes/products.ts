import { createProduct } from '../acts/create-price.ts';
import { paginate } from '../wire/paginate.ts';
import { list, metadata, timedPageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

/** What is sold, as far as Checkout needs it. */
export const productRoutes: readonly Route[] = [
  route('POST', '/v1/products', { name: text(), description: text().optional(), metadata: metadata().optional(), tax_code: text().optional(), images: list(text(2_048), 8).optional() }, (world, parameters) => createProduct(world, parameters)),
  route('GET', '/v1/products', timedPageShape, ({ store }, page) => paginate(store.products, '/v1/products', page)),
  route('GET', '/v1/products/:id', {}, ({ store }, _parameters, id) => store.products.get(id)),
];
