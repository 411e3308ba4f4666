import { initially } from './json.ts';

/** The payment intent that pays an invoice; amounts in the smallest unit of the currency. */
export function newInvoicePayment(id: string, created: number, invoice: string, paymentIntent: string, amount: number, currency: string) {
  return {
    id,
    object: 'invoice_payment' as const,
    amount_paid: initially<number | null>(null),
    amount_requested: amount,
    created,
    currency,
    invoice,
    is_default: true,
    livemode: false,
    payment: { payment_intent: paymentIntent, type: 'payment_intent' as const },
    status: initially<'open' | 'paid' | 'canceled'>('open'),
    status_transitions: { canceled_at: null, paid_at: initially<number | null>(null) },
  };
}

export type InvoicePayment = ReturnType<typeof newInvoicePayment>;
