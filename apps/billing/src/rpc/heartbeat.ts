import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { HeartbeatResponse } from '@tacet/rpc/types/ledger/v1/HeartbeatResponse';
import type { LeaseGrant } from '@tacet/rpc/types/ledger/v1/LeaseGrant';
import type { Events } from '../events.ts';
import { readAccountStates } from '../leases/account-states.ts';
import { readApplied, readDatabaseTime, readFoldedEpochs, readNoLogVersions, readShrinkWishes } from '../leases/edge-answer.ts';
import type { LeaseDesk } from '../leases/lease-desk.ts';
import { renewSession, type EdgeEpoch } from '../leases/session.ts';
import type { LeaseCall } from '../leases/set-leases.ts';
import { sweepLeases } from '../leases/sweep-leases.ts';
import { readCatalog, readRevision } from '../ledger/catalog.ts';
import { leasesPerHeartbeatMax } from '../limits.ts';
import type { ServingClock } from '../reconcile/serving-clock.ts';
import type { SessionTimes } from '../session-times.ts';
import { edgeEpochFields, leaseFields } from './edge-fields.ts';
import { idBytes, integerField, listField, optionalIdBytes } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/**
 * Renews a session; each of its leases is the newest SetLease repeated. Then the leases of dead epochs go, as far as
 * they may, and the edge learns what has changed.
 */
export function createHeartbeat(
  pool: Pool,
  desk: LeaseDesk,
  times: SessionTimes,
  serving: ServingClock,
  events: Events,
): LedgerHandler<'Heartbeat'> {
  return async (request) => {
    const edge = edgeEpochFields(request);
    const number = integerField('number', request.number, 1n);
    const calls = listField('leases', request.leases, leasesPerHeartbeatMax).map((target) =>
      leaseFields(edge.edgeId, edge.epoch, target, undefined),
    );
    const known = {
      catalog: integerField('catalog_revision', request.catalogRevision, 0n),
      state: integerField('state_revision', request.stateRevision, 0n),
    };
    try {
      if (!(await renewSession(pool, edge, number, times.lifetimeMs))) throw new TacetError('fenced');
      const leases = await repeatLeases(desk, calls);
      await sweepLeases(pool, edge.edgeId);
      return { number: number.toString(), leases, ...(await readChanges(pool, edge, known, times.shrinkMs)) };
    } catch (error) {
      if (!(error instanceof TacetError)) serving.interrupt();
      else if (error.code === 'fenced') events.edgeFenced(edge.edgeId, edge.epoch, 'Heartbeat');
      throw error;
    }
  };
}

async function repeatLeases(desk: LeaseDesk, calls: readonly LeaseCall[]): Promise<LeaseGrant[]> {
  const answers = await Promise.all(calls.map((call) => desk.set(call)));
  return answers.map((answer, at) => {
    // The session was renewed a moment ago: whoever fenced it did so in between.
    if (answer.outcome !== 'set') throw new TacetError('fenced');
    const { accountId = '', keyId = '' } = calls[at] ?? {};
    return {
      lease: { accountId: idBytes(accountId), keyId: optionalIdBytes(keyId) },
      version: answer.version.toString(),
      grantedNano: answer.grantedNano.toString(),
    };
  });
}

async function readChanges(
  pool: Pool,
  { edgeId, epoch }: EdgeEpoch,
  known: { readonly catalog: bigint; readonly state: bigint },
  shrinkMs: number,
): Promise<HeartbeatResponse> {
  // Before the catalogue itself: a change in between is told once more, never missed.
  const catalogRevision = await readRevision(pool, 'catalog');
  const catalog = catalogRevision === known.catalog ? { models: [], prices: [] } : await readCatalog(pool);
  const { states, revision, complete } = await readAccountStates(pool, known.state);
  return {
    applied: await readApplied(pool, edgeId),
    shrink: await readShrinkWishes(pool, edgeId, epoch, shrinkMs),
    nologVersions: await readNoLogVersions(pool, edgeId),
    foldedEpochs: await readFoldedEpochs(pool, edgeId),
    ...catalog,
    catalogRevision: catalogRevision.toString(),
    accountStates: states,
    stateRevision: revision.toString(),
    accountStatesComplete: complete,
    databaseTimeMs: await readDatabaseTime(pool),
  };
}
