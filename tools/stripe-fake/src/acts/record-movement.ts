import { newBalanceTransaction, type BalanceTransaction, type BalanceTransactionType } from '../objects/balance-transaction.ts';
import type { World } from '../world.ts';

/** Moves Stripe's balance of the account that sells; amounts in the smallest unit of the currency. */
export function recordMovement(world: World, type: BalanceTransactionType, source: string, currency: string, amount: number, fee = 0): BalanceTransaction {
  return world.store.balanceTransactions.add(newBalanceTransaction(world.ids.next('balanceTransaction'), world.clock.now(), type, source, currency, amount, fee));
}

/** Stripe's fee for a charge: 2.9 % and 30 cents. */
export function chargeFee(amount: number): number {
  return Math.trunc((amount * 29 + 500) / 1_000) + 30;
}
