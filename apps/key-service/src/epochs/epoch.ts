import { TacetError } from '@tacet/errors';

/** Length of an epoch, in milliseconds. Conversations that expire in the same epoch share a secret. */
export const epochMs = 300_000;

/** An ephemeral conversation lives at most 24 h; its epoch ends at most 5 minutes later. */
export const epochAheadMsMax = 86_400_000 + epochMs;

/** Secrets that can be alive at once: that many epochs end between now and `epochAheadMsMax` from now. */
export const epochsAliveMax = epochAheadMsMax / epochMs;

/** The epoch in which a conversation expires. */
export function epochOf(expiresAtMs: number): number {
  return Math.floor(expiresAtMs / epochMs);
}

/** When the secret of an epoch is destroyed, UTC milliseconds. */
export function epochEndMs(epoch: number): number {
  return (epoch + 1) * epochMs;
}

/** Whether an epoch has ended. */
export function epochIsPast(epoch: number, nowMs: number): boolean {
  return epochEndMs(epoch) <= nowMs;
}

/** Whether an epoch ends later than any conversation may live. */
export function epochIsAhead(epoch: number, nowMs: number): boolean {
  return epochEndMs(epoch) > nowMs + epochAheadMsMax;
}

/** The epoch that a record is sealed into. Throws `epoch_past` when its conversation has expired, or would too late. */
export function sealingEpoch(expiresAtMs: number, nowMs: number): number {
  const epoch = epochOf(expiresAtMs);
  if (expiresAtMs <= nowMs || epochIsAhead(epoch, nowMs)) throw new TacetError('epoch_past');
  return epoch;
}
