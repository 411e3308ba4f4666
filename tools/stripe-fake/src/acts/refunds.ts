import type { Charge } from '../objects/charge.ts';
import type { Metadata } from '../objects/json.ts';
import { newRefund, type Refund, type RefundReason } from '../objects/refund.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { emit, emitChange } from './emit.ts';
import { recordMovement } from './record-movement.ts';
import type { Outcome } from './settle-payment.ts';

/** What a refund may say. */
export interface RefundRequest {
  /** In the smallest unit of the currency; without it all that is left. */
  readonly amount?: number | undefined;
  readonly reason?: RefundReason | undefined;
  readonly metadata?: Metadata | undefined;
  /** The bank takes its time: `settleRefund` ends it. */
  readonly pending?: boolean | undefined;
}

/** Gives a charge back, whole or in part. */
export function refundCharge(world: World, charge: Charge, { amount, reason, metadata, pending }: RefundRequest): Refund {
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded') throw invalidRequest(`Charge ${charge.id} cannot be refunded: it is ${charge.status}.`, 'charge');
  if (charge.disputed) throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, undefined, 'charge_disputed');
  if (left === 0) throw invalidRequest(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  const wanted = amount ?? left;
  if (wanted > left) throw invalidRequest(`Refund amount (${money(wanted)}) is greater than unrefunded amount on charge (${money(left)})`, 'amount');
  if (wanted < 1) throw invalidRequest('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  const refund: Refund = newRefund(world.ids.next('refund'), world.clock.now(), charge, wanted, pending === true ? 'pending' : 'succeeded');
  if (pending === true) refund.pending_reason = 'processing';
  refund.reason = reason ?? null;
  refund.metadata = metadata ?? {};
  refund.balance_transaction = recordMovement(world, charge.payment_method_details.type === 'card' ? 'refund' : 'payment_refund', refund.id, charge.currency, -wanted).id;
  world.store.refunds.add(refund);
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  charge.amount_refunded += wanted;
  charge.refunded = charge.amount_refunded === charge.amount;
  emit(world, 'charge.refunded', charge, before);
  emit(world, 'refund.created', refund);
  return refund;
}

/** A refund that was pending has reached the customer, or has come back to us. One that succeeded may still come back. */
export function settleRefund(world: World, refund: Refund, outcome: Outcome): Refund {
  if (refund.status !== 'pending' && !(refund.status === 'succeeded' && outcome === 'failed')) throw invalidRequest(`The refund is ${refund.status ?? ''}: it cannot have ${outcome} now.`);
  emitChange(world, 'refund.updated', refund, () => {
    delete refund.pending_reason;
    refund.status = outcome;
    if (outcome === 'failed') takeBack(world, refund);
  });
  emit(world, 'charge.refund.updated', refund);
  if (outcome === 'failed') emit(world, 'refund.failed', refund);
  return refund;
}

function takeBack(world: World, refund: Refund): void {
  const charge = world.store.charges.get(refund.charge);
  charge.amount_refunded -= refund.amount;
  charge.refunded = false;
  refund.failure_reason = 'lost_or_stolen_card';
  refund.failure_balance_transaction = recordMovement(world, 'refund_failure', refund.id, refund.currency, refund.amount).id;
}

function money(cents: number): string {
  return `$${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
