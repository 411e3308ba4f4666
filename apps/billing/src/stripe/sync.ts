import type { Connection } from '@tacet/database';
import type Stripe from 'stripe';

/** What looking at an object needs. */
export interface SyncParts {
  readonly stripe: Stripe;
  readonly deploymentId: string;
  /** Holds the payments' lock: one process of all looks at objects, one after the other. */
  readonly connection: Connection;
}

/**
 * What came of looking at an object. `applied`: the ledger or what is known of a customer moved. `unchanged`: nothing to do
 * (yet, or any more). `not_ours`: of something else that uses the same account at Stripe. `sent_back`: paid for an account
 * that is no more, refunded. The others are quarantined: a person has to look.
 */
export type SyncOutcome = 'applied' | 'unchanged' | 'not_ours' | 'sent_back' | Quarantine;

/** `foreign_currency`: not in USD. `unknown_object`: Stripe does not know what its event named. */
export type Quarantine = 'foreign_currency' | 'unknown_object';

/** Brings the ledger to what one object of Stripe's is now, whatever it was told before, and however often. */
export type Sync = (parts: SyncParts, objectId: string) => Promise<SyncOutcome>;

/** The one currency. */
export const currency = 'usd';
