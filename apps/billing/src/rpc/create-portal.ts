import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { paymentError } from '../stripe/payment-error.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { openPayments, returnUrlField } from './payment-fields.ts';

/** Opens Stripe's customer portal for an account that has bought something. */
export function createCreatePortal(pool: Pool, payments: Payments | undefined): LedgerHandler<'CreatePortal'> {
  return async (request) => {
    const { stripe } = openPayments(payments);
    const accountId = idField('account_id', request.accountId);
    const returnUrl = returnUrlField('return_url', request.returnUrl);
    const { rows } = await pool.query<{ customer: string }>(
      'SELECT stripe_customer_id AS customer FROM billing.customer WHERE account_id = $1 AND stripe_customer_id IS NOT NULL',
      [accountId],
    );
    const [row] = rows;
    if (!row) throw new TacetError('not_found', { message: 'Nothing was bought yet.' });
    try {
      const { url } = await stripe.billingPortal.sessions.create({ customer: row.customer, return_url: returnUrl });
      return { url };
    } catch (error) {
      throw paymentError(error);
    }
  };
}
