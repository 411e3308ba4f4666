import type { RpcClient } from '@tacet/rpc';
import type { LeaseKey as LeaseKeyMessage, LeaseKey__Output } from '@tacet/rpc/types/ledger/v1/LeaseKey';
import type { LeaseTarget as LeaseTargetMessage } from '@tacet/rpc/types/ledger/v1/LeaseTarget';
import type { Refusal__Output } from '@tacet/rpc/types/ledger/v1/Refusal';
import type { SetLeaseResponse__Output } from '@tacet/rpc/types/ledger/v1/SetLeaseResponse';
import type { PartitionSeq, PartitionSeq__Output } from '@tacet/rpc/types/usage/v1/PartitionSeq';
import { partitionCount } from '@tacet/usage';
import type { Seqs } from '../spool/segment.ts';
import type { LeaseKey, LeaseTarget } from './lease.ts';
import type { LeaseAnswer } from './lease-book.ts';
import type { LeaseRefusal } from './lease-refusal.ts';

/** Billing's door, as far as an edge may use it. */
export type Ledger = Pick<RpcClient<'Ledger'>, 'OpenEdgeSession' | 'Heartbeat' | 'SetLease' | 'AppendUsage'>;

const refusals: { readonly [R in Refusal__Output]: LeaseRefusal } = {
  REFUSAL_NONE: 'none',
  REFUSAL_INSUFFICIENT_BALANCE: 'insufficient_balance',
  REFUSAL_KEY_LIMIT: 'key_limit',
  REFUSAL_IN_FLIGHT: 'in_flight',
  REFUSAL_SUSPENDED: 'suspended',
  REFUSAL_UNKNOWN_ACCOUNT: 'unknown_account',
};

const noKey = Buffer.alloc(0);

/** One entry per partition, in their order. */
export function toPartitionSeqs(seqs: Seqs): PartitionSeq[] {
  return seqs.map((seq, partition) => ({ partition, seq }));
}

/** All partitions; 0 for those that are not told. */
export function fromPartitionSeqs(told: readonly PartitionSeq__Output[]): number[] {
  const seqs = Array<number>(partitionCount).fill(0);
  for (const { partition, seq } of told) if (partition < partitionCount) seqs[partition] = Number(seq);
  return seqs;
}

/** Unique text of an account, or of a key with a spend limit. */
export function leaseName(accountId: Buffer, keyId: Buffer | undefined): string {
  return accountId.toString('latin1') + (keyId?.toString('latin1') ?? '');
}

export function nameOfLeaseKey({ accountId, keyId }: LeaseKey__Output): string {
  return leaseName(accountId, keyId.length === 0 ? undefined : keyId);
}

export function toLeaseTarget(key: LeaseKey, { version, targetNano }: LeaseTarget): LeaseTargetMessage {
  const lease: LeaseKeyMessage = { accountId: key.accountId, keyId: key.keyId ?? noKey };
  return { lease, version, targetGrantedNano: targetNano.toString() };
}

export function fromSetLease({ grant, postedNano, heldNano, overdraftNano, refusal }: SetLeaseResponse__Output): LeaseAnswer {
  if (!grant) throw new Error('SetLease was answered without a grant');
  return {
    version: Number(grant.version),
    grantedNano: BigInt(grant.grantedNano),
    postedNano: BigInt(postedNano),
    heldNano: BigInt(heldNano),
    overdraftNano: BigInt(overdraftNano),
    refusal: refusals[refusal],
  };
}
