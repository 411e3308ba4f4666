import { expandDepthMax } from '../limits.ts';
import { wholeList } from '../objects/json.ts';
import type { Store } from '../store.ts';
import { invalidRequest } from './stripe-error.ts';

type Node = Record<string, unknown>;

/** Members that hold an id and can be asked for as the object, by the kind of object. */
const expandable: Readonly<Record<string, readonly string[]>> = {
  balance_transaction: ['source'],
  charge: ['balance_transaction', 'customer', 'payment_intent'],
  'checkout.session': ['customer', 'invoice', 'payment_intent', 'subscription'],
  customer: ['invoice_settings.default_payment_method'],
  dispute: ['charge', 'payment_intent'],
  invoice: ['customer', 'parent.subscription_details.subscription'],
  invoice_payment: ['invoice', 'payment.payment_intent'],
  line_item: ['pricing.price_details.price', 'subscription'],
  payment_intent: ['customer', 'latest_charge', 'payment_method'],
  payment_method: ['customer'],
  price: ['product'],
  refund: ['balance_transaction', 'charge', 'customer', 'failure_balance_transaction', 'payment_intent', 'payment_method'],
  subscription: ['customer', 'default_payment_method', 'latest_invoice'],
};

/** Members that are there only when they are asked for, by the kind of object. */
const includable: Readonly<Record<string, (store: Store, id: string) => object>> = {
  'charge.refunds': (store, id) => wholeList(`/v1/charges/${id}/refunds`, store.refunds.newestFirst().filter((refund) => refund.charge === id)),
  'checkout.session.line_items': (store, id) => wholeList(`/v1/checkout/sessions/${id}/line_items`, store.checkoutPlans.get(id)?.lines ?? []),
  'invoice.payments': (store, id) => wholeList('/v1/invoice_payments', store.invoicePayments.newestFirst().filter((payment) => payment.invoice === id)),
};

/** A copy of the object with what `expand` asks for in place of ids. Throws `StripeError` on what cannot be expanded. */
export function expandObject(store: Store, object: object, paths: readonly string[] = []): object {
  const copy = structuredClone(object) as Node;
  for (const path of paths) {
    const names = path.split('.');
    if (names.filter((name) => name !== 'data').length > expandDepthMax) throw invalidRequest(`You cannot expand more than ${expandDepthMax} levels of a property. Property: ${path}`, 'expand');
    expandNode(store, copy, names, '', copy, path);
  }
  return copy;
}

/** `within` is the path to `node` inside the object of Stripe's that holds it, `holder`. */
function expandNode(store: Store, node: Node, names: readonly string[], within: string, holder: Node, path: string): void {
  const [name = '', ...rest] = names;
  const kind = String(holder['object']);
  const place = within === '' ? name : `${within}.${name}`;
  const include = within === '' ? includable[`${kind}.${name}`] : undefined;
  if (include !== undefined && node[name] === undefined) node[name] = structuredClone(include(store, String(holder['id'])));
  if (expandable[kind]?.includes(place) === true && typeof node[name] === 'string') node[name] = structuredClone(store.byId(node[name]) ?? node[name]);
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  const known = expandable[kind]?.includes(place) === true || include !== undefined;
  if (!known && (rest.length === 0 || typeof value !== 'object')) throw invalidRequest(`This property cannot be expanded (${path}).${kind === 'list' ? ` You may want to try expanding 'data.${path}' instead.` : ''}`);
  if (rest.length === 0 || typeof value !== 'object' || value === null) return;
  for (const child of Array.isArray(value) ? (value as Node[]) : [value as Node]) {
    const whole = typeof child['object'] === 'string';
    expandNode(store, child, rest, whole ? '' : place, whole ? child : holder, path);
  }
}
