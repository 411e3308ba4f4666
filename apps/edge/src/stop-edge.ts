import { setTimeout as sleep } from 'node:timers/promises';
import { TacetError } from '@tacet/errors';
import type { EdgeConfig } from './config.ts';
import type { Doors } from './doors.ts';
import type { Events } from './events.ts';
import type { Metrics } from './metrics.ts';
import type { EdgeSession } from './money/edge-session.ts';
import type { RunningRequests } from './running-requests.ts';
import type { UsageFlow } from './usage-flow.ts';

/** How long connections may take to end when everything on them has, and leases to be given back. */
const closeMs = 2_000;
const retryAfterMs = 1_000;

export interface StopOptions {
  readonly config: Pick<EdgeConfig, 'drainLameDuckMs' | 'drainMsMax'>;
  readonly doors: Doors;
  readonly running: RunningRequests;
  readonly session: EdgeSession;
  readonly usage: UsageFlow;
  readonly events: Events;
  readonly metrics: Metrics;
}

/**
 * The orderly end. Readiness says no already; for a while requests still come, and their clients are asked to
 * leave. Then the doors close, streams go on until they end or their time is up, and what they counted is
 * brought to billing. What is not applied by then stays in the spool, for the next start.
 */
export async function stopEdge({ config, doors, running, session, usage, events, metrics }: StopOptions): Promise<void> {
  doors.stopRenewing();
  for (const door of doors.all) door.leave();
  await sleep(config.drainLameDuckMs);
  const closed = Promise.all(doors.all.map((door) => door.close()));
  await running.whenEmpty(AbortSignal.timeout(config.drainMsMax));
  const left = running.size;
  if (left > 0) {
    metrics.cuts.inc({ reason: 'draining' }, left);
    events.streamsCut('draining', left);
    running.cutAll(new TacetError('draining', { retryAfterMs }));
  }
  // A timer that nobody needs any more would keep the process for its whole time.
  await Promise.race([closed, sleep(closeMs, undefined, { ref: false })]);
  for (const door of doors.all) door.closeNow();
  await closed;
  await giveLeasesBack(session);
  if (!(await usage.drain())) events.usageUnsent();
  await usage.stop();
  session.stop();
}

async function giveLeasesBack(session: EdgeSession): Promise<void> {
  try {
    await session.book.giveAllBack(AbortSignal.timeout(closeMs));
  } catch {
    // There is no session: there is nothing to give back.
  }
}
