import type { Charge } from '../objects/charge.ts';
import { newDispute, type Dispute } from '../objects/dispute.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { emit } from './emit.ts';
import { recordMovement } from './record-movement.ts';

/** Stripe's fee for a dispute, in cents; it is not given back. */
const disputeFee = 1_500;

/** What the bank wants. */
export interface DisputeRequest {
  /** In the smallest unit of the currency; without it the whole charge. */
  readonly amount?: number | undefined;
  readonly reason?: string | undefined;
  /** The bank only asks: no money moves. */
  readonly inquiry?: boolean | undefined;
}

/** The bank of the customer disputes a charge and takes the money; an inquiry takes none. */
export function openDispute(world: World, charge: Charge, { amount = charge.amount, reason = 'fraudulent', inquiry = false }: DisputeRequest): Dispute {
  if (charge.status !== 'succeeded') throw invalidRequest(`Charge ${charge.id} cannot be disputed: it is ${charge.status}.`, 'charge');
  if (charge.disputed) throw invalidRequest(`Charge ${charge.id} is disputed already.`, 'charge');
  if (amount < 1 || amount > charge.amount) throw invalidRequest('The amount of a dispute is at least 1 and at most that of its charge.', 'amount');
  const dispute = newDispute(world.ids.next('dispute'), world.clock.now(), charge, amount, reason, inquiry);
  world.store.disputes.add(dispute);
  charge.disputed = true;
  if (!inquiry) dispute.balance_transactions.push(recordMovement(world, 'adjustment', dispute.id, dispute.currency, -amount, disputeFee));
  emit(world, 'charge.dispute.created', dispute);
  if (!inquiry) emit(world, 'charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** The bank has decided. An inquiry is closed either way. */
export function closeDispute(world: World, dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
  if (dispute.status !== 'needs_response' && dispute.status !== 'warning_needs_response') throw invalidRequest(`The dispute is ${dispute.status} already.`);
  const before = { status: dispute.status };
  const inquiry = dispute.status === 'warning_needs_response';
  dispute.status = inquiry ? 'warning_closed' : outcome;
  const reinstated = outcome === 'won' && !inquiry;
  if (reinstated) dispute.balance_transactions.push(recordMovement(world, 'adjustment', dispute.id, dispute.currency, dispute.amount));
  emit(world, 'charge.dispute.closed', dispute, before);
  if (reinstated) emit(world, 'charge.dispute.funds_reinstated', dispute);
  return dispute;
}
