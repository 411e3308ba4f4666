import { TacetError } from '@tacet/errors';
import type { Readiness } from '@tacet/service';
import type { Events } from './events.ts';
import type { Metrics } from './metrics.ts';
import type { SessionListener } from './money/edge-session.ts';
import type { RunningRequests } from './running-requests.ts';
import type { UsageFlow } from './usage-flow.ts';

const retryAfterMs = 1_000;

export interface SessionListenerOptions {
  readonly usage: UsageFlow;
  readonly running: RunningRequests;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}

/** What the session's news mean to the rest of the edge. */
export function listenToSession({ usage, running, events, metrics, readiness }: SessionListenerOptions): SessionListener {
  let skew: 'told' | 'unfit' | 'well' = 'well';
  const cut = (reason: 'session_expired' | 'fenced', error: TacetError) => {
    const count = running.size;
    if (count === 0) return;
    metrics.cuts.inc({ reason }, count);
    events.streamsCut(reason, count);
    running.cutAll(error);
  };
  return {
    onApplied: (applied, askedAtMs) => usage.noteApplied(applied, askedAtMs),
    onNoLog: (versions, folded) => usage.noteNoLog(versions, folded),
    onEpoch: (epoch, base, times) => {
      events.sessionOpened(epoch);
      usage.beginEpoch(epoch, base, times);
    },
    onCut: (reason) => cut(reason, new TacetError('cannot_meter', { retryAfterMs })),
    onSuspended: (accountIds) => {
      for (const id of accountIds) for (const request of running.of(id.toString('hex'))) request.cut(new TacetError('account_suspended'));
    },
    onSkew: (state, skewMs) => {
      if (state === skew) return;
      skew = state;
      if (state === 'unfit') readiness.block('clock_skew');
      else readiness.unblock('clock_skew');
      if (state !== 'well') events.clockSkew(skewMs);
    },
    onOpenFailed: events.sessionNotOpened,
    onRefused: () => metrics.leaseRefusals.inc(),
  };
}
