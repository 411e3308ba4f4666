import type { BalanceTransaction } from './balance-transaction.ts';
import type { Charge } from './charge.ts';
import { initially, type Metadata } from './json.ts';

/** Where a dispute stands. Those that begin with `warning` are inquiries: no money has moved. */
export type DisputeStatus = 'needs_response' | 'under_review' | 'won' | 'lost' | 'warning_needs_response' | 'warning_under_review' | 'warning_closed';

const nothingSubmitted = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

/** The bank of the customer wants `amount` back; an inquiry only asks. */
export function newDispute(id: string, created: number, charge: Charge, amount: number, reason: string, inquiry: boolean) {
  return {
    id,
    object: 'dispute' as const,
    amount,
    balance_transactions: initially<BalanceTransaction[]>([]),
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...nothingSubmitted },
    evidence_details: { due_by: created + 10 * 86_400, enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: initially<Metadata>({}),
    payment_intent: initially<string | null>(charge.payment_intent),
    payment_method_details: { card: { brand: 'visa', case_type: inquiry ? ('inquiry' as const) : ('chargeback' as const), network: 'visa', network_reason_code: '10.4' }, type: 'card' as const },
    reason,
    status: initially<DisputeStatus>(inquiry ? 'warning_needs_response' : 'needs_response'),
  };
}

export type Dispute = ReturnType<typeof newDispute>;
