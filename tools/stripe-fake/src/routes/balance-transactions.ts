import { paginate } from '../wire/paginate.ts';
import { timedPageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

/** Movements of Stripe's balance: what a reconciler compares a ledger with. */
export const balanceTransactionRoutes: readonly Route[] = [
  route('GET', '/v1/balance_transactions', { ...timedPageShape, source: text().optional(), type: text().optional() }, ({ store }, page) => paginate(store.balanceTransactions, '/v1/balance_transactions', page, ({ source, type }) => source === (page.source ?? source) && type === (page.type ?? type))),
  route('GET', '/v1/balance_transactions/:id', {}, ({ store }, _parameters, id) => store.balanceTransactions.get(id)),
];
