import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Where the money of a loss goes; the ledger has an account `loss:<kind>` for each. */
export type LossKind = 'late' | 'bound' | 'deleted';

/** What billing counts. Labels come from closed sets. */
export interface Metrics {
  readonly records: Counter<'outcome'>;
  readonly deadLetters: Counter<'reason'>;
  readonly applySeconds: Histogram;
  readonly losses: Losses;
  readonly leaseCalls: Counter<'outcome'>;
  readonly leaseBatch: Histogram;
  readonly lag: Gauge<'partition'>;
  readonly consumerRestarts: Counter<'reason'>;
  readonly sessions: Gauge<'state'>;
  readonly invariants: Gauge<'number'>;
  readonly discrepancies: Gauge;
  readonly reconciledAt: Gauge;
  readonly edgesReleased: Counter;
  readonly periodsClosed: Counter;
  readonly webhooks: Counter<'outcome'>;
  readonly webhookAt: Gauge;
  readonly paymentEvents: Counter<'outcome'>;
  readonly paymentEventsWaiting: Gauge;
  readonly autoTopUps: Counter<'outcome'>;
  readonly paymentsCheckedAt: Gauge;
}

/** Sums of what the losses paid, which may also go back. */
export class Losses {
  readonly #gauge: Gauge<'kind'>;
  readonly #sums: Record<LossKind, bigint> = { late: 0n, bound: 0n, deleted: 0n };

  constructor(gauge: Gauge<'kind'>) {
    this.#gauge = gauge;
    for (const kind of ['late', 'bound', 'deleted'] as const) this.add(kind, 0n);
  }

  /** nano-USD. */
  add(kind: LossKind, nano: bigint): void {
    this.#sums[kind] += nano;
    this.#gauge.set({ kind }, Number(this.#sums[kind]));
  }
}

/** Registers billing's metrics. README.md describes each. */
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `tacet_billing_${name}`, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `tacet_billing_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `tacet_billing_${name}`, help, buckets, registers });
  return {
    records: counter('records_total', 'Count records: applied, skipped (applied before, or beyond a gap), corrupt (dropped).', 'outcome'),
    deadLetters: counter('dead_letters_total', 'Records that arrived whole but could not be charged, by reason.', 'reason'),
    applySeconds: histogram(
      'apply_seconds',
      'Duration of a transaction that applies records.',
      [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    ),
    losses: new Losses(gauge('loss_nano_usd', 'What losses paid in place of accounts since the start of this process, by kind.', 'kind')),
    leaseCalls: counter('lease_calls_total', 'SetLease calls, by outcome.', 'outcome'),
    leaseBatch: histogram('lease_batch_calls', 'SetLease calls that one commit carried.', [1, 2, 5, 10, 25, 50, 100, 250, 1_000]),
    lag: gauge('kafka_lag_records', 'Records in Kafka that are not applied yet, by partition.', 'partition'),
    consumerRestarts: counter('consumer_restarts_total', 'How often the consumer began anew, by reason.', 'reason'),
    sessions: gauge('edge_sessions', 'Sessions of edges, by state: live, expired (not released yet), released.', 'state'),
    invariants: gauge('invariant_holds', '1 while the invariant of this number held at the last look, else 0.', 'number'),
    discrepancies: gauge('discrepancies', 'Rows of billing.discrepancy seen within the last day.'),
    reconciledAt: gauge('reconciled_timestamp_seconds', 'When the last run of the reconciler ended well.'),
    edgesReleased: counter('edges_released_total', 'Lost edges whose leases were given back.'),
    periodsClosed: counter('periods_closed_total', 'Periods of accounts that became transfers.'),
    webhooks: counter('webhooks_total', 'Deliveries of the webhook of Stripe, by outcome.', 'outcome'),
    webhookAt: gauge('webhook_timestamp_seconds', 'When the last delivery came that was signed by Stripe.'),
    paymentEvents: counter('payment_events_total', 'Looks at objects that events of Stripe named, by outcome.', 'outcome'),
    paymentEventsWaiting: gauge('payment_events_waiting', 'Events of Stripe whose objects were not looked at yet.'),
    autoTopUps: counter('auto_top_ups_total', 'Attempts to charge a saved card, by outcome.', 'outcome'),
    paymentsCheckedAt: gauge('payments_checked_timestamp_seconds', 'When the movements at Stripe were last compared with the ledger.'),
  };
}
