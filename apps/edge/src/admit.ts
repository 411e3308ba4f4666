import { TacetError } from '@tacet/errors';
import type { ClientPresence } from './client-presence.ts';
import { noId } from './keys/caller.ts';
import type { Abandonment } from './limits/abandonment.ts';
import type { Limiter } from './limits/limiter.ts';
import { passLimits, type Passage } from './limits/rate-gate.ts';
import type { EdgeSession } from './money/edge-session.ts';
import type { LeaseEntry } from './money/lease-entry.ts';
import type { InferenceRequest } from './read-request.ts';
import { newRequestId, type RequestId } from './request-id.ts';
import { needNano, Reservation, sliceTokens } from './reservation.ts';
import type { Admission } from './spool/slot.ts';
import type { OpenRequest, Spool } from './spool/spool.ts';

/** How long a request waits for its lease to grow. */
export const leaseWaitMs = 5_000;
const retryAfterMs = 1_000;
/** Bytes of a prompt per token, for the estimate. */
const bytesPerToken = 4;

/** A request that may run: limits, money and a slot are its own until it is settled. */
export interface AdmittedRequest {
  readonly request: InferenceRequest;
  /** Undefined for no-log. */
  readonly requestId: RequestId | undefined;
  readonly reservation: Reservation;
  readonly slot: OpenRequest;
  /** Output per choice that the worker is told, where it must be told; less than asked: clamped. */
  readonly outputPerChoice: number | undefined;
  readonly isClamped: boolean;
  /** What it took from limits of rate; undefined where there are none. Finished with the request. */
  readonly passage: Passage | undefined;
}

export interface AdmitOptions {
  readonly session: EdgeSession;
  readonly spool: Spool;
  readonly limiter: Limiter;
  readonly abandonment: Abandonment;
  readonly wallMs: () => number;
}

/**
 * The third step: rate limits, then money, then a slot. In memory; a promise only where a share of a limit has to be drawn, or a
 * lease has to grow. Throws or rejects with `TacetError`.
 */
export function admit(request: InferenceRequest, options: AdmitOptions, client: ClientPresence): AdmittedRequest | Promise<AdmittedRequest> {
  const { limiter, abandonment } = options;
  const { caller } = request;
  const waitMs = abandonment.waitMs(caller.identity);
  if (waitMs > 0) throw new TacetError('abandoned_requests', { retryAfterMs: waitMs });
  const passing = passLimits(limiter, caller, tokensExpected(request));
  if (passing instanceof Promise) return passing.then((passage) => reserve(request, passage, options, client));
  return reserve(request, passing, options, client);
}

function reserve(request: InferenceRequest, passage: Passage | undefined, options: AdmitOptions, client: ClientPresence): AdmittedRequest | Promise<AdmittedRequest> {
  const { session, spool } = options;
  const { caller, price, inputBound } = request;
  try {
    if (session.isSuspended(caller.accountId)) throw new TacetError('account_suspended');
    if (!session.mayAdmit || !spool.hasRoom) throw new TacetError('cannot_meter', { retryAfterMs });
    const { book } = session;
    const entry = book.entryOf(caller.leaseKey);
    const wantNano = needNano(price, inputBound, outputWanted(request));
    if (!book.tryReserve(entry, wantNano)) return waitForLease(request, passage, options, client, entry);
    return takeSlot(request, passage, options, client, new Reservation(book, entry, price, wantNano, inputBound), true);
  } catch (error) {
    passage?.finish(0);
    throw error;
  }
}

/** The lease has to grow first. */
async function waitForLease(request: InferenceRequest, passage: Passage | undefined, options: AdmitOptions, client: ClientPresence, entry: LeaseEntry): Promise<AdmittedRequest> {
  const { session } = options;
  const { price, inputBound, choices } = request;
  const { book, epoch } = session;
  const wanted = outputWanted(request);
  const wantNano = needNano(price, inputBound, wanted);
  // One token of output per choice is the least that is worth a request.
  const minimumNano = needNano(price, inputBound, Math.min(choices, wanted));
  const signal = AbortSignal.any([client.signal, AbortSignal.timeout(leaseWaitMs)]);
  try {
    const nano = await book.obtain(entry, { wantNano, minimumNano, isExtension: false }, signal);
    const reservation = new Reservation(book, entry, price, nano, inputBound);
    // Meanwhile the epoch may have ended, or the session grown old.
    if (!client.isGone && (session.epoch !== epoch || !session.mayAdmit)) {
      reservation.settle(0n);
      throw new TacetError('cannot_meter', { retryAfterMs });
    }
    return takeSlot(request, passage, options, client, reservation, nano === wantNano);
  } catch (error) {
    passage?.finish(0);
    throw error;
  }
}

/** `isCovered`: whether all the output that was wanted is paid for. */
function takeSlot(request: InferenceRequest, passage: Passage | undefined, { session, spool, wallMs }: AdmitOptions, client: ClientPresence, reservation: Reservation, isCovered: boolean): AdmittedRequest {
  const nowMs = wallMs();
  const requestId = request.caller.noLog ? undefined : newRequestId(nowMs);
  const admission = admissionOf(request, session.epoch, requestId, nowMs);
  const counters = { reservedNano: reservation.nano, input: 0, cached: 0, output: 0, source: 'none' as const, ttftMs: 0 };
  const slot = client.isGone ? undefined : spool.openRequest(admission, counters);
  if (slot === undefined) {
    reservation.settle(0n);
    throw client.isGone ? new TacetError('client_closed') : new TacetError('overloaded', { retryAfterMs });
  }
  const wanted = outputWanted(request);
  const output = isCovered ? wanted : Math.min(wanted, reservation.outputMax);
  const outputPerChoice = request.isStream ? undefined : Math.floor(output / request.choices);
  const isClamped = outputPerChoice !== undefined && outputPerChoice * request.choices < wanted;
  return { request, requestId, reservation, slot, outputPerChoice, isClamped, passage };
}

/** What counts against limits of tokens until the request has ended and the truth is known. */
function tokensExpected(request: InferenceRequest): number {
  return Math.max(1, Math.ceil(request.prompt.bytes / bytesPerToken) + outputWanted(request));
}

/** Output to reserve: all that can come where the answer comes as a whole, the first slice of a stream. */
function outputWanted({ isStream, outputLimit, choices, model }: InferenceRequest): number {
  const bound = Math.min(outputLimit ?? model.outputDefault, model.contextTokens) * choices;
  if (!isStream) return bound;
  return Math.min(sliceTokens, outputLimit === undefined ? sliceTokens : bound);
}

function admissionOf({ endpoint, caller, price }: InferenceRequest, epoch: number, requestId: RequestId | undefined, nowMs: number): Admission {
  const { accountId, partition, keyId, leaseByKey, noLog } = caller;
  return {
    epoch,
    requestId: requestId?.bytes ?? noId,
    accountId,
    partition,
    keyId: noLog && !leaseByKey ? noId : keyId,
    leaseByKey,
    noLog,
    priceVersion: price.priceVersion,
    route: endpoint.name,
    startedMs: noLog ? 0 : nowMs,
  };
}
