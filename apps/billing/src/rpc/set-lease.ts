import { TacetError } from '@tacet/errors';
import type { Events } from '../events.ts';
import type { LeaseDesk } from '../leases/lease-desk.ts';
import type { KeyLimits } from '../leases/set-leases.ts';
import type { Metrics } from '../metrics.ts';
import { edgeEpochFields, leaseFields } from './edge-fields.ts';
import { idBytes, integerField, messageField, nilUuid, optionalIdBytes } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Sets the whole target of one lease, together with the calls that arrive meanwhile. */
export function createSetLease(desk: LeaseDesk, metrics: Metrics, events: Events): LedgerHandler<'SetLease'> {
  return async (request) => {
    const { edgeId, epoch } = edgeEpochFields({ ...request, base: [] });
    const limits: KeyLimits = {
      dayNano: integerField('key_limit_day_nano', request.keyLimitDayNano, 0n),
      monthNano: integerField('key_limit_month_nano', request.keyLimitMonthNano, 0n),
      totalNano: integerField('key_limit_total_nano', request.keyLimitTotalNano, 0n),
    };
    const { keyId, accountId, ...call } = leaseFields(edgeId, epoch, messageField('target', request.target), undefined);
    const answer = await desk.set({ ...call, accountId, keyId, limits: keyId === nilUuid ? undefined : limits });
    metrics.leaseCalls.inc({ outcome: answer.outcome === 'set' ? answer.refusal.replace('REFUSAL_', '').toLowerCase() : answer.outcome });
    if (answer.outcome === 'fenced') {
      events.edgeFenced(edgeId, epoch, 'SetLease');
      throw new TacetError('fenced');
    }
    if (answer.outcome === 'no_session')
      throw new TacetError('conflict', { message: 'The session of this epoch is not known here; the next heartbeat opens it.' });
    return {
      grant: {
        lease: { accountId: idBytes(accountId), keyId: optionalIdBytes(keyId) },
        version: answer.version.toString(),
        grantedNano: answer.grantedNano.toString(),
      },
      postedNano: answer.postedNano.toString(),
      heldNano: answer.heldNano.toString(),
      overdraftNano: answer.overdraftNano.toString(),
      refusal: answer.refusal,
    };
  };
}
