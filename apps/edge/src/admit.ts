import { TacetError } from '@tacet/errors';
import type { ClientPresence } from './client-presence.ts';
import { noId } from './keys/caller.ts';
import type { Abandonment } from './limits/abandonment.ts';
import type { Limiter } from './limits/limiter.ts';
import { passLimits, type Passage } from './limits/rate-gate.ts';
import type { EdgeSession } from './money/edge-session.ts';
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

/** The third step: rate limits, then money, then a slot. Rejects with `TacetError`. In memory unless lease or slice have to grow. */
export async function admit(request: InferenceRequest, options: AdmitOptions, client: ClientPresence): Promise<AdmittedRequest> {
  const { limiter, abandonment } = options;
  const { caller } = request;
  const waitMs = abandonment.waitMs(caller.identity);
  if (waitMs > 0) throw new TacetError('abandoned_requests', { retryAfterMs: waitMs });
  const passing = passLimits(limiter, caller, tokensExpected(request));
  const passage = passing instanceof Promise ? await passing : passing;
  try {
    return await reserve(request, passage, options, client);
  } catch (error) {
    passage?.finish(0);
    throw error;
  }
}

async function reserve(request: InferenceRequest, passage: Passage | undefined, options: AdmitOptions, client: ClientPresence): Promise<AdmittedRequest> {
  const { session, spool } = options;
  const { caller } = request;
  if (session.isSuspended(caller.accountId)) throw new TacetError('account_suspended');
  if (!session.mayAdmit || !spool.hasRoom) throw new TacetError('cannot_meter', { retryAfterMs });
  const { book, epoch } = session;
  const entry = book.entryOf(caller.leaseKey);
  const wanted = outputWanted(request);
  let nano = needNano(request.price, request.inputBound, wanted);
  if (!book.tryReserve(entry, nano)) {
    // One token of output per choice is the least that is worth a request.
    const minimumNano = needNano(request.price, request.inputBound, Math.min(request.choices, wanted));
    const signal = AbortSignal.any([client.signal, AbortSignal.timeout(leaseWaitMs)]);
    nano = await book.obtain(entry, { wantNano: nano, minimumNano, isExtension: false }, signal);
  }
  const reservation = new Reservation(book, entry, request.price, nano, request.inputBound);
  const requestId = caller.noLog ? undefined : newRequestId();
  const admission = admissionOf(request, epoch, requestId, options.wallMs());
  // Between the reservation and this the epoch may have ended, or the client left.
  const mayRun = !client.isGone && session.epoch === epoch && session.mayAdmit;
  const slot = mayRun ? spool.openRequest(admission, { reservedNano: nano, input: 0, cached: 0, output: 0, source: 'none', ttftMs: 0 }) : undefined;
  if (slot === undefined) {
    reservation.settle(0n);
    throw client.isGone ? new TacetError('client_closed') : new TacetError(mayRun ? 'overloaded' : 'cannot_meter', { retryAfterMs });
  }
  const outputPerChoice = request.isStream ? undefined : Math.floor(Math.min(wanted, reservation.outputMax) / request.choices);
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
