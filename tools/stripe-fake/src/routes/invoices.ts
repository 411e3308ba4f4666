import { paginate } from '../wire/paginate.ts';
import { choice, group, timedPageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

const filters = { ...timedPageShape, customer: text().optional(), status: choice('draft', 'open', 'paid', 'uncollectible', 'void').optional(), subscription: text().optional() };
const payment = group({ payment_intent: text().optional(), type: choice('payment_intent') }).optional();

/** Invoices, and which payment paid which of them. */
export const invoiceRoutes: readonly Route[] = [
  route('GET', '/v1/invoices', filters, ({ store }, page) =>
    paginate(store.invoices, '/v1/invoices', page, (invoice) => invoice.customer === (page.customer ?? invoice.customer) && invoice.status === (page.status ?? invoice.status) && (page.subscription === undefined || invoice.parent?.subscription_details.subscription === page.subscription)),
  ),
  route('GET', '/v1/invoices/:id', {}, ({ store }, _parameters, id) => store.invoices.get(id)),
  route('GET', '/v1/invoice_payments', { ...timedPageShape, invoice: text().optional(), payment, status: choice('open', 'paid', 'canceled').optional() }, ({ store }, page) =>
    paginate(store.invoicePayments, '/v1/invoice_payments', page, (one) => one.invoice === (page.invoice ?? one.invoice) && one.status === (page.status ?? one.status) && one.payment.payment_intent === (page.payment?.payment_intent ?? one.payment.payment_intent)),
  ),
  route('GET', '/v1/invoice_payments/:id', {}, ({ store }, _parameters, id) => store.invoicePayments.get(id)),
];
