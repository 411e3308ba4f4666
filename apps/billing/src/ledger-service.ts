import { offer, type Offer, type Policy } from '@tacet/rpc';
import type { Pool } from '@tacet/database';
import type { Events } from './events.ts';
import type { LeaseDesk } from './leases/lease-desk.ts';
import type { Metrics } from './metrics.ts';
import type { ServingClock } from './reconcile/serving-clock.ts';
import { createAppendUsage } from './rpc/append-usage.ts';
import { createApplyPrices } from './rpc/apply-prices.ts';
import { createCheckLedger } from './rpc/check-ledger.ts';
import { createCloseAccount } from './rpc/close-account.ts';
import { createCorrectBalance } from './rpc/correct-balance.ts';
import { createCreateCheckout } from './rpc/create-checkout.ts';
import { createCreatePortal } from './rpc/create-portal.ts';
import { createForgetAccount } from './rpc/forget-account.ts';
import { createGetBalance } from './rpc/get-balance.ts';
import { createGetPayments } from './rpc/get-payments.ts';
import { createGetGeneration } from './rpc/get-generation.ts';
import { createGetKeySpend } from './rpc/get-key-spend.ts';
import { createGrantCredit } from './rpc/grant-credit.ts';
import { createHeartbeat } from './rpc/heartbeat.ts';
import { createListDeadLetters } from './rpc/list-dead-letters.ts';
import { createListStatement } from './rpc/list-statement.ts';
import { createListTransfers } from './rpc/list-transfers.ts';
import { createListUsage } from './rpc/list-usage.ts';
import { createOpenAccount } from './rpc/open-account.ts';
import { createOpenEdgeSession } from './rpc/open-edge-session.ts';
import { createRetryDeadLetters } from './rpc/retry-dead-letters.ts';
import { createRefundTopUp } from './rpc/refund-top-up.ts';
import { createSetAutoTopUp } from './rpc/set-auto-top-up.ts';
import { createSetLease } from './rpc/set-lease.ts';
import { createSetOverdraft } from './rpc/set-overdraft.ts';
import { createSuspendAccount } from './rpc/suspend-account.ts';
import type { SessionTimes } from './session-times.ts';
import type { Payments } from './stripe/start-payments.ts';
import type { UsageWriter } from './usage/usage-writer.ts';

/** Who may call what, as the comments of ledger.proto say. */
const policy: Policy<'Ledger'> = {
  OpenEdgeSession: ['edge'],
  Heartbeat: ['edge'],
  SetLease: ['edge'],
  AppendUsage: ['edge'],
  GetKeySpend: ['edge'],
  GetGeneration: ['edge'],
  OpenAccount: ['account'],
  GetBalance: ['account', 'operator'],
  ListUsage: ['account', 'operator'],
  ListTransfers: ['account', 'operator'],
  ListStatement: ['account', 'operator'],
  CreateCheckout: ['account'],
  CreatePortal: ['account'],
  SetAutoTopUp: ['account'],
  GetPayments: ['account', 'operator'],
  CloseAccount: ['account'],
  ForgetAccount: ['account'],
  GrantCredit: ['operator'],
  CorrectBalance: ['operator'],
  ListDeadLetters: ['operator'],
  RetryDeadLetters: ['operator'],
  RefundTopUp: ['operator'],
  SetOverdraft: ['operator'],
  SuspendAccount: ['account', 'operator'],
  ApplyPrices: ['operator'],
  CheckLedger: ['operator'],
};

export interface LedgerParts {
  readonly pool: Pool;
  readonly desk: LeaseDesk;
  readonly writer: UsageWriter;
  readonly times: SessionTimes;
  readonly serving: ServingClock;
  readonly metrics: Metrics;
  readonly events: Events;
  /** Undefined: Stripe is not set up. */
  readonly payments: Payments | undefined;
}

/** The Ledger service: one file of rpc/ for each of its calls. */
export function createLedgerService({ pool, desk, writer, times, serving, metrics, events, payments }: LedgerParts): Offer {
  return offer('Ledger', policy, {
    OpenEdgeSession: createOpenEdgeSession(pool, times.lifetimeMs, events),
    Heartbeat: createHeartbeat(pool, desk, times, serving, events),
    SetLease: createSetLease(desk, metrics, events),
    AppendUsage: createAppendUsage(pool, writer, metrics),
    GetKeySpend: createGetKeySpend(pool),
    GetGeneration: createGetGeneration(pool),
    OpenAccount: createOpenAccount(pool),
    GetBalance: createGetBalance(pool),
    ListUsage: createListUsage(pool),
    ListTransfers: createListTransfers(pool),
    ListStatement: createListStatement(pool),
    CreateCheckout: createCreateCheckout(pool, payments),
    CreatePortal: createCreatePortal(pool, payments),
    SetAutoTopUp: createSetAutoTopUp(pool, payments),
    GetPayments: createGetPayments(pool, payments),
    CloseAccount: createCloseAccount(pool, payments),
    ForgetAccount: createForgetAccount(pool),
    GrantCredit: createGrantCredit(pool),
    CorrectBalance: createCorrectBalance(pool),
    ListDeadLetters: createListDeadLetters(pool),
    RetryDeadLetters: createRetryDeadLetters(writer),
    RefundTopUp: createRefundTopUp(pool, payments),
    SetOverdraft: createSetOverdraft(pool),
    SuspendAccount: createSuspendAccount(pool),
    ApplyPrices: createApplyPrices(pool, events),
    CheckLedger: createCheckLedger(pool),
  });
}
