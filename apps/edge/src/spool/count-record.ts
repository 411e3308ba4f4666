import type { RecordKind, RecordStatus } from '@tacet/usage';
import type { NewRecord } from './outbox.ts';
import type { Admission, RequestCounters } from './slot.ts';

/** How a request stands or ended, beside its counters. */
export interface RecordMoment {
  readonly kind: Exclude<RecordKind, 'hole'>;
  readonly status: RecordStatus;
  readonly latencyMs: number;
  /** UTC milliseconds. */
  readonly timeMs: number;
}

const u32Max = 0xffff_ffff;
const noEdge = Buffer.alloc(16);

/** The count record of a request: epoch and lease are those of its admission, whatever they are now. */
export function countRecord(admission: Admission, counters: Readonly<RequestCounters>, moment: RecordMoment): NewRecord {
  return {
    kind: moment.kind,
    partition: admission.partition,
    status: moment.status,
    usageSource: counters.source,
    route: admission.route,
    leaseByKey: admission.leaseByKey,
    requestId: admission.requestId,
    accountId: admission.accountId,
    keyId: admission.keyId,
    leaseEpoch: admission.epoch,
    priceVersion: admission.priceVersion,
    reservedNano: counters.reservedNano,
    inputTokens: counters.input,
    cachedTokens: counters.cached,
    outputTokens: counters.output,
    ttftMs: counters.ttftMs,
    latencyMs: Math.min(Math.max(0, Math.round(moment.latencyMs)), u32Max),
    timeMs: moment.timeMs,
    seq: 0n,
    edgeId: noEdge,
  };
}
