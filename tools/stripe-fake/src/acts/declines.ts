import type { CardBehaviour } from '../objects/card.ts';

/** How a bank says no. Source: docs.stripe.com/declines/codes. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
  readonly adviceCode: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null;
  readonly sellerMessage: string;
}

const unspecific = 'The bank did not return any further details with this decline.';

const declines: Readonly<Partial<Record<CardBehaviour, Decline>>> = {
  declined: { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.', adviceCode: 'try_again_later', sellerMessage: unspecific },
  insufficient_funds: { code: 'card_declined', declineCode: 'insufficient_funds', message: 'Your card has insufficient funds.', adviceCode: 'try_again_later', sellerMessage: 'The bank returned the decline code `insufficient_funds`.' },
  expired_card: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.', adviceCode: 'do_not_try_again', sellerMessage: 'The bank returned the decline code `expired_card`.' },
  lost_card: { code: 'card_declined', declineCode: 'lost_card', message: 'Your card was declined.', adviceCode: 'do_not_try_again', sellerMessage: unspecific },
  processing_error: { code: 'processing_error', declineCode: 'processing_error', message: 'An error occurred while processing your card. Try again in a little bit.', adviceCode: 'try_again_later', sellerMessage: 'The bank returned the decline code `processing_error`.' },
};

/** The decline of a card that needs its owner, who is not there. */
export const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
  adviceCode: null,
  sellerMessage: 'The bank returned the decline code `authentication_required`.',
};

/** The customer was sent to authenticate and did not. */
export const authenticationFailed: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_not_handled',
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  adviceCode: null,
  sellerMessage: unspecific,
};

/** A bank debit that came back. */
export const debitReturned: Decline = {
  code: 'payment_method_provider_decline',
  declineCode: 'insufficient_funds',
  message: 'The payment failed.',
  adviceCode: null,
  sellerMessage: unspecific,
};

/** How the card says no, where it does. */
export function declineOf(behaviour: CardBehaviour): Decline | undefined {
  return declines[behaviour];
}
