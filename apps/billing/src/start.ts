import { openPool, type Pool } from '@tacet/database';
import { openTlsFolder, startRpcServer } from '@tacet/rpc';
import { fatal, measureCertificate, type Reporting, type Running } from '@tacet/service';
import type { BillingConfig } from './config.ts';
import { createEvents, type Events } from './events.ts';
import { createKafka } from './kafka/kafka-client.ts';
import { RecordReader } from './kafka/record-reader.ts';
import { UsageConsumer, type ConsumerEnd } from './kafka/usage-consumer.ts';
import { UsageTopic, usageTopicName } from './kafka/usage-topic.ts';
import { Watchdog } from './kafka/watchdog.ts';
import { createLedgerService } from './ledger-service.ts';
import { LeaseDesk } from './leases/lease-desk.ts';
import { connectionsMax } from './limits.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { BookCheck } from './reconcile/check-books.ts';
import { closePeriods } from './reconcile/close-periods.ts';
import { countStates } from './reconcile/count-states.ts';
import { forgetOldRows } from './reconcile/forget-old-rows.ts';
import { keepPartitions } from './reconcile/keep-partitions.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { releaseLostEdges } from './reconcile/release-lost-edges.ts';
import { ServingClock } from './reconcile/serving-clock.ts';
import { sessionTimes } from './session-times.ts';
import { PriceBook } from './usage/price-book.ts';
import { startPayments } from './stripe/start-payments.ts';
import { UsageWriter } from './usage/usage-writer.ts';

const stopGraceMs = 3_000;
const watchEveryMs = 5_000;
const stalledMs = 60_000;

/** Starts billing: the ledger's door, the consumer where there is Kafka, and the reconciler. */
export async function startBilling(config: BillingConfig, { log, registry }: Reporting): Promise<Running> {
  const events = createEvents(log);
  const metrics = createMetrics(registry);
  const times = sessionTimes(config.sessionMs);
  const pool = await openPool({ url: config.postgresUrl, applicationName: 'billing', connectionsMax });
  await checkMigrated(pool);
  const writer = new UsageWriter(pool, new PriceBook(pool), metrics, events);
  const serving = new ServingClock(times.lifetimeMs / 4);
  const consuming = startConsuming(config.kafkaBrokers, pool, writer, metrics, events, (end, error) => fatal(log, end, error));
  const books = new BookCheck(pool, metrics, events);
  const steps = [
    { name: 'release_lost_edges', run: () => releaseLostEdges({ pool, times, usageLog: consuming?.topic, serving, metrics, events }) },
    { name: 'keep_partitions', run: () => keepPartitions(pool) },
    { name: 'close_periods', run: () => closePeriods(pool, metrics, events) },
    { name: 'check_books', run: () => books.run() },
    { name: 'forget_old_rows', run: () => forgetOldRows(pool, times, config.ledgerYears) },
    { name: 'count_states', run: () => countStates(pool, metrics) },
  ];
  const reconciler = new Reconciler(pool, steps, times.reconcileMs, metrics, events);
  const desk = new LeaseDesk(pool, metrics, events);
  const tls = openTlsFolder(config.tlsFolder);
  measureCertificate(registry, tls);
  const payments = await startPayments(config, { pool, metrics, events });
  const server = await startRpcServer(
    { host: config.listenHost, port: config.rpcPort, tls, onInternalError: events.rpcFailed },
    [createLedgerService({ pool, desk, writer, times, serving, metrics, events, payments })],
  );
  events.rpcListening(server.port);
  reconciler.start();
  return {
    stop: async () => {
      await server.stop(stopGraceMs);
      await Promise.all([consuming?.stop(), reconciler.stop(), payments?.stop()]);
      await pool.end();
    },
  };
}

/** Throws an `Error` that says what to do when the tables are not there. */
async function checkMigrated(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ migrated: boolean }>(
    "SELECT to_regclass('billing.stripe_credit') IS NOT NULL AS migrated",
  );
  if (!rows[0]?.migrated) throw new Error('the database is not migrated; run `tacet db migrate`');
}

interface Consuming {
  readonly topic: UsageTopic;
  stop(): Promise<void>;
}

function startConsuming(
  brokers: readonly string[],
  pool: Pool,
  writer: UsageWriter,
  metrics: Metrics,
  events: Events,
  onEnd: (end: ConsumerEnd, error?: unknown) => void,
): Consuming | undefined {
  if (brokers.length === 0) return undefined;
  const kafka = createKafka(brokers);
  const topic = new UsageTopic(kafka, usageTopicName);
  const reader = new RecordReader(pool, writer, topic);
  const consumer = new UsageConsumer({ kafka, topic, reader, metrics, events, onEnd });
  const watchdog = new Watchdog({
    pool,
    topic,
    consumer,
    metrics,
    events,
    everyMs: watchEveryMs,
    stalledMs,
    onStalled: () => onEnd('consumer_stalled'),
  });
  consumer.start();
  watchdog.start();
  return {
    topic,
    stop: async () => {
      await Promise.all([consumer.stop(), watchdog.stop()]);
      await topic.close();
    },
  };
}
