import { transaction } from '@tacet/database';
import { finishOpenings } from './accounts/open-account.ts';
import { finishReseals } from './conversations/reseal-conversation.ts';
import { deleteUnverifiedAccounts } from './deletion/request-deletion.ts';
import { runDeletions } from './deletion/run-deletions.ts';
import { deletePastRevisions } from './directory/record-revision.ts';
import { measureBacklog } from './measure-backlog.ts';
import type { Resources } from './open-resources.ts';
import { deletePastThrottles } from './passwords/throttle.ts';
import type { Job } from './start-jobs.ts';

/** What every replica does again and again; all of it is safe to do at once in several. */
export function createJobs(resources: Resources): readonly Job[] {
  const { pool, sealer, metrics, events, clock, carrier } = resources;
  return [
    { name: 'openings', everyMs: 2_000, run: (signal) => finishOpenings(resources, signal) },
    { name: 'deletions', everyMs: 500, run: (signal) => runDeletions(resources, signal) },
    { name: 'reseals', everyMs: 5_000, run: (signal) => finishReseals(pool, sealer, clock, signal) },
    { name: 'unverified', everyMs: 60_000, run: (signal) => deleteUnverifiedAccounts(pool, events, clock(), signal) },
    { name: 'revisions', everyMs: 30_000, run: () => transaction(pool, deletePastRevisions) },
    { name: 'throttles', everyMs: 60_000, run: () => deletePastThrottles(pool, clock()) },
    { name: 'backlog', everyMs: 15_000, run: () => measureBacklog(pool, metrics) },
    { name: 'outbox', everyMs: 60_000, run: async () => carrier?.sweep(clock()) },
  ];
}
