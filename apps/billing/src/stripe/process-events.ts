import type { Queryable } from '@tacet/database';
import type { Events } from '../events.ts';
import { reportDiscrepancy } from '../ledger/report-discrepancy.ts';
import { paymentAttemptMsMax, paymentEventsPerRunMax } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { isMissing } from './stripe-access.ts';
import { syncByType } from './sync-by-type.ts';
import type { SyncOutcome, SyncParts } from './sync.ts';

interface DueEvent {
  readonly id: string;
  readonly type: string;
  readonly object: string;
  readonly attempts: number;
}

const quarantined: ReadonlySet<SyncOutcome> = new Set(['foreign_currency', 'unknown_object']);

/** Looks at the objects of events that wait. One that fails waits, ever longer, and does not keep the others. */
export async function processEvents(parts: SyncParts, metrics: Metrics, events: Events, isStopped: () => boolean): Promise<void> {
  for (;;) {
    const due = await readDue(parts.connection);
    for (const event of due) {
      if (isStopped()) return;
      const outcome = await attempt(parts, event, events);
      metrics.paymentEvents.inc({ outcome: outcome ?? 'failed' });
      if (outcome === undefined) await putOff(parts.connection, event);
      else await finish(parts.connection, event, outcome, events);
    }
    if (due.length < paymentEventsPerRunMax) break;
  }
  metrics.paymentEventsWaiting.set(await countWaiting(parts.connection));
}

async function readDue(database: Queryable): Promise<readonly DueEvent[]> {
  const { rows } = await database.query<DueEvent>(
    `SELECT event_id AS id, type, object_id AS object, attempts FROM billing.stripe_event
      WHERE outcome IS NULL AND due_at <= clock_timestamp() ORDER BY due_at, event_id LIMIT $1`,
    [paymentEventsPerRunMax],
  );
  return rows;
}

/** What came of it; undefined: it failed, and has to be tried again. */
async function attempt(parts: SyncParts, { type, object, attempts }: DueEvent, events: Events): Promise<SyncOutcome | undefined> {
  const sync = syncByType.get(type);
  if (!sync) return 'unchanged';
  try {
    return await sync(parts, object);
  } catch (error) {
    if (isMissing(error)) return 'unknown_object';
    events.paymentEventFailed(type, attempts + 1, error);
    // Without the connection nothing can be written, and somebody else may have the lock by now.
    await parts.connection.query('SELECT');
    return undefined;
  }
}

async function putOff(database: Queryable, { id, attempts }: DueEvent): Promise<void> {
  const waitMs = Math.min(1_000 * 2 ** attempts, paymentAttemptMsMax);
  await database.query(
    "UPDATE billing.stripe_event SET attempts = attempts + 1, due_at = clock_timestamp() + $2 * interval '1 ms' WHERE event_id = $1",
    [id, waitMs],
  );
}

async function finish(database: Queryable, { id, type, object, attempts }: DueEvent, outcome: SyncOutcome, events: Events): Promise<void> {
  if (quarantined.has(outcome)) {
    events.paymentQuarantined(type, outcome);
    await reportDiscrepancy(database, { kind: outcome === 'foreign_currency' ? 'foreign_currency' : 'unknown_payment_object', subject: object });
  }
  if (outcome === 'sent_back') events.paymentSentBack();
  await database.query('UPDATE billing.stripe_event SET outcome = $2, attempts = $3 WHERE event_id = $1', [id, outcome, attempts + 1]);
}

/** How many events were not looked at yet. */
export async function countWaiting(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>('SELECT count(*) AS count FROM billing.stripe_event WHERE outcome IS NULL');
  return Number(rows[0]?.count ?? 0n);
}
