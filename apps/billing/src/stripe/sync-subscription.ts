import { accountIn } from './ownership.ts';
import type { SyncOutcome, SyncParts } from './sync.ts';

/** Statuses in which a subscription is over for good. Source: docs.stripe.com/api/subscriptions/object. */
const ended: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);

/** A subscription: whether the account has one. Credit comes with its invoices. */
export async function syncSubscription({ stripe, deploymentId, connection }: SyncParts, subscriptionId: string): Promise<SyncOutcome> {
  const { metadata, status } = await stripe.subscriptions.retrieve(subscriptionId);
  const accountId = accountIn(metadata, deploymentId);
  if (accountId === undefined) return 'not_ours';
  const { rowCount } = ended.has(status)
    ? await connection.query(
        'UPDATE billing.customer SET stripe_subscription_id = NULL WHERE account_id = $1 AND stripe_subscription_id = $2',
        [accountId, subscriptionId],
      )
    : await connection.query(
        'UPDATE billing.customer SET stripe_subscription_id = $2 WHERE account_id = $1 AND stripe_subscription_id IS DISTINCT FROM $2',
        [accountId, subscriptionId],
      );
  return rowCount === 1 ? 'applied' : 'unchanged';
}
