import { TacetError } from '@tacet/errors';

/** Why a lease was granted less than its target (`tacet.ledger.v1.Refusal`). */
export type LeaseRefusal = 'none' | 'insufficient_balance' | 'key_limit' | 'in_flight' | 'suspended' | 'unknown_account';

/** When money that other requests hold may be free again. */
const inFlightRetryMs = 1_000;

/** What the client is told. 402s are not worth a retry, the 429 is. */
export function refusalError(refusal: LeaseRefusal): TacetError {
  switch (refusal) {
    case 'key_limit':
      return new TacetError('key_limit', { metadata: { limit_source: 'key', hint: 'The key has reached its spend limit: raise it, or use another key.' } });
    case 'in_flight':
      return new TacetError('in_flight_budget', { retryAfterMs: inFlightRetryMs });
    case 'suspended':
    case 'unknown_account':
      return new TacetError('account_suspended');
    default:
      return new TacetError('insufficient_balance', { metadata: { limit_source: 'balance', hint: 'Add credit, or ask for fewer tokens with max_tokens.' } });
  }
}
