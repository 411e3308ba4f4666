/** Kinds of transfers that stand for a payment; docs/money.md says what each is. */
export type PaymentKind =
  | 'top_up'
  | 'subscription'
  | 'auto_top_up'
  | 'refund'
  | 'dispute'
  | 'loss_chargeback'
  | 'refund_failed'
  | 'dispute_won'
  | 'loss_returned'
  | 'debt';
