import { openPool, type Pool } from '@tacet/database';
import { createLog } from '@tacet/service';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createEvents, type Events } from '../../src/events.ts';
import { LeaseDesk } from '../../src/leases/lease-desk.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { PriceBook } from '../../src/usage/price-book.ts';
import { UsageWriter } from '../../src/usage/usage-writer.ts';

/** Billing's own parts on a real database, under billing's own role. */
export interface OpenBilling {
  readonly database: TestDatabase;
  readonly pool: Pool;
  /** The owner's, for what billing itself may not do. */
  readonly owner: Pool;
  readonly writer: UsageWriter;
  readonly desk: LeaseDesk;
  readonly metrics: Metrics;
  readonly events: Events;
  close(): Promise<void>;
}

/** Opens billing's parts on a database of their own. Nothing is logged. */
export async function openBilling(): Promise<OpenBilling> {
  const database = await createTestDatabase('main');
  const pool = await openPool({ url: database.urlOf('tacet_billing'), applicationName: 'billing-test', connectionsMax: 16 });
  const owner = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'billing-test-owner', connectionsMax: 2 });
  const events = createEvents(createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true })));
  const metrics = createMetrics(new Registry());
  const writer = new UsageWriter(pool, new PriceBook(pool), metrics, events);
  const desk = new LeaseDesk(pool, metrics, events);
  return {
    database,
    pool,
    owner,
    writer,
    desk,
    metrics,
    events,
    close: async () => {
      await Promise.all([pool.end(), owner.end()]);
      await database.stop();
    },
  };
}
