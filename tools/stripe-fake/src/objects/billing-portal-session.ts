/** A visit to the page where customers manage what they pay with. */
export function newBillingPortalSession(id: string, created: number, configuration: string, customer: string, returnUrl: string | null, url: string, locale: string | null) {
  return {
    id,
    object: 'billing_portal.session' as const,
    configuration,
    created,
    customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale,
    on_behalf_of: null,
    return_url: returnUrl,
    url,
  };
}

export type BillingPortalSession = ReturnType<typeof newBillingPortalSession>;
