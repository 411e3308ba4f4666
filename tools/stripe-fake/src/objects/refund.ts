import type { Charge } from './charge.ts';
import { initially, type Metadata } from './json.ts';

/** Why money was given back. */
export type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer';

/** Part of a charge, given back; `amount` is in the smallest unit of the charge's currency. */
export function newRefund(id: string, created: number, charge: Charge, amount: number, status: 'pending' | 'succeeded') {
  return {
    id,
    object: 'refund' as const,
    amount,
    balance_transaction: initially<string | null>(null),
    charge: charge.id,
    created,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: charge.payment_method_details.type === 'card' ? { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' as const }, type: 'card' } : { type: 'us_bank_transfer', us_bank_transfer: { reference: null, reference_status: 'pending' } },
    metadata: initially<Metadata>({}),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: initially<RefundReason | null>(null),
    receipt_number: null,
    source_transfer_reversal: null,
    status: initially<'pending' | 'succeeded' | 'failed' | 'canceled'>(status),
    transfer_reversal: null,
  };
}

export type Refund = ReturnType<typeof newRefund> & {
  failure_reason?: string;
  failure_balance_transaction?: string;
  pending_reason?: 'processing';
};
