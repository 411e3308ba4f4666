import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import Stripe from 'stripe';
import { topUpNanoMax } from '../limits.ts';
import { centsOfNano, nanoOfCents } from '../stripe/cents.ts';
import { paymentError } from '../stripe/payment-error.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { storeEvent } from '../stripe/store-event.ts';
import { finishCall, idempotencyKey, storeCall } from '../stripe/stored-call.ts';
import { idField, integerField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { centsField, openPayments } from './payment-fields.ts';

/** Gives a payment back at Stripe. The ledger follows by the refund itself, as it does when the dashboard made it. */
export function createRefundTopUp(pool: Pool, payments: Payments | undefined): LedgerHandler<'RefundTopUp'> {
  return async (request) => {
    const { stripe, wake } = openPayments(payments);
    const accountId = idField('account_id', request.accountId);
    const callId = idField('request_id', request.requestId);
    const amountNano = centsField('amount_nano', integerField('amount_nano', request.amountNano, 0n, topUpNanoMax));
    const intent = await readPayment(pool, accountId, request.reference);
    await storeCall(pool, { callId, accountId, kind: 'refund', amountNano, target: request.reference });
    try {
      const refund = await stripe.refunds.create(
        {
          payment_intent: intent,
          reason: 'requested_by_customer',
          ...(amountNano === 0n ? {} : { amount: centsOfNano(amountNano) ?? 0 }),
        },
        { idempotencyKey: idempotencyKey(callId) },
      );
      await finishCall(pool, callId, refund.id);
      await storeEvent(pool, { eventId: `own ${callId}`, type: 'refund.created', objectId: refund.id });
      wake();
      return { refundId: refund.id, amountNano: nanoOfCents(refund.amount).toString() };
    } catch (error) {
      throw refusal(error);
    }
  };
}

async function readPayment(pool: Pool, accountId: string, reference: string): Promise<string> {
  const { rows } = await pool.query<{ intent: string }>(
    `SELECT payment_intent_id AS intent FROM billing.stripe_credit
      WHERE object_id = $1 AND account_id = $2 AND payment_intent_id IS NOT NULL`,
    [reference, accountId],
  );
  const [row] = rows;
  if (!row) throw new TacetError('not_found', { param: 'reference' });
  return row.intent;
}

/** What Stripe refuses of a refund: that there is not so much left, or that the bank has it. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return paymentError(error);
  if (error.code === 'charge_already_refunded' || error.code === 'charge_disputed')
    return new TacetError('conflict', { message: 'The payment was given back or charged back already.' });
  return error.param === 'amount' ? new TacetError('field_invalid', { param: 'amount_nano' }) : error;
}
