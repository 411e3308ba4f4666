import { paginate } from '../wire/paginate.ts';
import { flag, list, timedPageShape, text } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import { route, type Route } from './route.ts';

const filters = { ...timedPageShape, delivery_success: flag().optional(), type: text(100).optional(), types: list(text(100), 20).optional() };

/** What happened. */
export const eventRoutes: readonly Route[] = [
  route('GET', '/v1/events', filters, ({ store }, page) => {
    const { type, types, delivery_success: delivered } = page;
    if (type !== undefined && types !== undefined) throw invalidRequest('You may only specify one of these parameters: type, types.', 'type', 'parameters_exclusive');
    return paginate(store.events, '/v1/events', page, (event) => matches(event.type, type) && (types?.some((one) => matches(event.type, one)) ?? true) && (delivered === undefined || (event.pending_webhooks === 0) === delivered));
  }),
  route('GET', '/v1/events/:id', {}, ({ store }, _parameters, id) => store.events.get(id)),
];

/** `*` stands for anything: `invoice.*`. */
function matches(type: string, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === '*') return true;
  return wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
