import type { Address } from './address.ts';
import { initially, type Metadata } from './json.ts';

/** A customer without anything. Times are in seconds. */
export function newCustomer(id: string, created: number, invoicePrefix: string) {
  return {
    id,
    object: 'customer' as const,
    address: initially<Address | null>(null),
    balance: 0,
    created,
    currency: initially<string | null>(null),
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: initially<string | null>(null),
    discount: null,
    email: initially<string | null>(null),
    invoice_prefix: invoicePrefix,
    invoice_settings: { custom_fields: null, default_payment_method: initially<string | null>(null), footer: null, rendering_options: null },
    livemode: false,
    metadata: initially<Metadata>({}),
    name: initially<string | null>(null),
    next_invoice_sequence: 1,
    phone: initially<string | null>(null),
    preferred_locales: initially<string[]>([]),
    shipping: null,
    tax_exempt: initially<'none' | 'exempt' | 'reverse'>('none'),
    test_clock: null,
  };
}

export type Customer = ReturnType<typeof newCustomer>;

/** What is left of a customer that was deleted. */
export function deletedCustomer(id: string) {
  return { id, object: 'customer' as const, deleted: true as const };
}

export type DeletedCustomer = ReturnType<typeof deletedCustomer>;
