import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Events } from '../events.ts';
import { readSuspendedAccounts } from '../leases/account-states.ts';
import { readApplied, readDatabaseTime, readFoldedEpochs, readNoLogVersions } from '../leases/edge-answer.ts';
import { openSession } from '../leases/session.ts';
import { sweepLeases } from '../leases/sweep-leases.ts';
import { readCatalog, readRevision } from '../ledger/catalog.ts';
import { edgeEpochFields } from './edge-fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Starts a session for a newer epoch, which fences the older ones, and tells the edge all that it must know. */
export function createOpenEdgeSession(pool: Pool, lifetimeMs: number, events: Events): LedgerHandler<'OpenEdgeSession'> {
  return async (request) => {
    const edge = edgeEpochFields(request);
    if (!(await openSession(pool, edge, lifetimeMs))) {
      events.edgeFenced(edge.edgeId, edge.epoch, 'OpenEdgeSession');
      throw new TacetError('fenced');
    }
    events.edgeOpened(edge.edgeId, edge.epoch);
    await sweepLeases(pool, edge.edgeId);
    // Revisions before what they number: a change in between is told once more, never missed.
    const [catalogRevision, stateRevision] = [await readRevision(pool, 'catalog'), await readRevision(pool, 'state')];
    return {
      applied: await readApplied(pool, edge.edgeId),
      sessionMs: lifetimeMs,
      databaseTimeMs: await readDatabaseTime(pool),
      ...(await readCatalog(pool)),
      catalogRevision: catalogRevision.toString(),
      suspendedAccounts: await readSuspendedAccounts(pool),
      stateRevision: stateRevision.toString(),
      foldedEpochs: await readFoldedEpochs(pool, edge.edgeId),
      nologVersions: await readNoLogVersions(pool, edge.edgeId),
    };
  };
}
