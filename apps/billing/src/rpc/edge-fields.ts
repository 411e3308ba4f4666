import { TacetError } from '@tacet/errors';
import type { LeaseKey__Output as LeaseKey } from '@tacet/rpc/types/ledger/v1/LeaseKey';
import type { LeaseTarget__Output as LeaseTarget } from '@tacet/rpc/types/ledger/v1/LeaseTarget';
import type { PartitionSeq__Output as PartitionSeq } from '@tacet/rpc/types/usage/v1/PartitionSeq';
import { partitionCount } from '@tacet/usage';
import type { KeyLimits, LeaseCall } from '../leases/set-leases.ts';
import type { EdgeEpoch } from '../leases/session.ts';
import { idField, integerField, messageField, optionalIdField } from './fields.ts';

/** Grants are cumulative over an epoch: many times the dearest amount, and still far from the end of a bigint. */
const targetNanoMax = 1_000_000_000_000_000_000n;

/** Reads who calls. Throws `field_invalid`. */
export function edgeEpochFields(request: {
  readonly edgeId: Buffer;
  readonly epoch: number;
  readonly base: readonly PartitionSeq[];
}): EdgeEpoch {
  const base = Array.from({ length: partitionCount }, () => 0n);
  for (const { partition, seq } of request.base) {
    if (partition >= partitionCount) throw new TacetError('field_invalid', { param: 'base' });
    base[partition] = integerField('base', seq, 0n);
  }
  return { edgeId: idField('edge_id', request.edgeId), epoch: epochField(request.epoch), base };
}

/** An epoch: 1 or more. */
export function epochField(epoch: number): number {
  if (epoch < 1) throw new TacetError('field_invalid', { param: 'epoch' });
  return epoch;
}

/** Reads one target. Throws `field_invalid`. */
export function leaseFields(edgeId: string, epoch: number, target: LeaseTarget, limits: KeyLimits | undefined): LeaseCall {
  const lease = messageField<LeaseKey>('target.lease', target.lease);
  const keyId = optionalIdField('key_id', lease.keyId);
  return {
    edgeId,
    epoch,
    accountId: idField('account_id', lease.accountId),
    keyId,
    version: integerField('version', target.version, 1n),
    targetNano: integerField('target_granted_nano', target.targetGrantedNano, 0n, targetNanoMax),
    limits,
  };
}
