/** What a saved way to pay does when it is charged. */
export const cardBehaviours = ['succeeds', 'declined', 'insufficient_funds', 'expired_card', 'lost_card', 'processing_error', 'authentication_required', 'pending'] as const;

/** See `cardBehaviours`. `pending` is a bank debit, which is settled later; all others are cards. */
export type CardBehaviour = (typeof cardBehaviours)[number];

/** What a card's number says of it, and nothing that is secret. */
export interface CardFace {
  readonly brand: 'visa';
  readonly last4: string;
}

const lastDigits: Readonly<Record<CardBehaviour, string>> = {
  succeeds: '4242',
  declined: '0341',
  insufficient_funds: '9995',
  expired_card: '0069',
  lost_card: '9987',
  processing_error: '0119',
  authentication_required: '3184',
  pending: '6789',
};

/** The last digits of Stripe's test number for it. Source: docs.stripe.com/testing. */
export function last4Of(behaviour: CardBehaviour): string {
  return lastDigits[behaviour];
}

/** Names of Stripe's test cards that may be given where a way to pay is expected. Each use makes a new one. */
export const testPaymentMethods: Readonly<Record<string, CardBehaviour>> = {
  pm_card_visa: 'succeeds',
  pm_card_mastercard: 'succeeds',
  pm_card_chargeCustomerFail: 'declined',
  pm_card_visa_chargeDeclined: 'declined',
  pm_card_chargeDeclined: 'declined',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_visa_chargeDeclinedLostCard: 'lost_card',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
  pm_card_chargeDeclinedProcessingError: 'processing_error',
  pm_card_authenticationRequired: 'authentication_required',
  pm_card_threeDSecure2Required: 'authentication_required',
  pm_usBankAccount_success: 'pending',
};
