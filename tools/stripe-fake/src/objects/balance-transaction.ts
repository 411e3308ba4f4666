/** What moves Stripe's balance of the account that sells. */
export type BalanceTransactionType = 'charge' | 'payment' | 'refund' | 'payment_refund' | 'refund_failure' | 'adjustment';

/** A movement; amounts are in the smallest unit of the currency, `net` is what is left of `amount` after the fee. */
export function newBalanceTransaction(id: string, created: number, type: BalanceTransactionType, source: string, currency: string, amount: number, fee: number) {
  return {
    id,
    object: 'balance_transaction' as const,
    amount,
    available_on: created + 2 * 86_400,
    balance_type: 'payments' as const,
    created,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: type === 'adjustment' ? 'dispute' : type === 'payment' ? 'charge' : type === 'payment_refund' ? 'refund' : type,
    source,
    status: 'pending',
    type,
  };
}

export type BalanceTransaction = ReturnType<typeof newBalanceTransaction>;
