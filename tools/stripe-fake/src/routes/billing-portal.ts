import { newBillingPortalSession } from '../objects/billing-portal-session.ts';
import { address, text } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import { route, type Route } from './route.ts';

/** The one configuration of the portal, as if it had been made in the dashboard. */
const configuration = 'bpc_1FakeConfigurationOfTacet';

/** Visits to the customer portal. */
export const billingPortalRoutes: readonly Route[] = [
  route('POST', '/v1/billing_portal/sessions', { customer: text(), configuration: text().optional(), locale: text(10).optional(), return_url: address().optional() }, (world, request) => {
    const customer = world.store.customers.get(request.customer, 'customer');
    if (request.configuration !== undefined && request.configuration !== configuration) throw invalidRequest(`No such configuration: '${request.configuration}'`, 'configuration', 'resource_missing');
    const id = world.ids.next('billingPortalSession');
    return world.store.billingPortalSessions.add(newBillingPortalSession(id, world.clock.now(), configuration, customer.id, request.return_url ?? null, `${world.baseUrl}/fake/portal/${id}`, request.locale ?? null));
  }),
];
