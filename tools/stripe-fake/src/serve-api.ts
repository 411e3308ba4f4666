import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiFault } from './api-faults.ts';
import type { FakeState } from './fake-state.ts';
import { sendJson } from './http-answer.ts';
import type { RecordedRequest } from './recorder.ts';
import { findRoute } from './routes/routes.ts';
import type { PreparedCall } from './routes/route.ts';
import { apiVersion } from './wire/api-version.ts';
import { decodeForm, type ParameterTree } from './wire/decode-form.ts';
import { isSavedAnswer, type IdempotencyClaim, type SavedAnswer } from './wire/idempotency.ts';
import { errorEnvelope, invalidRequest, StripeError } from './wire/stripe-error.ts';

/** A request that may be executed, and the key under which its answer is kept. */
interface AcceptedCall {
  readonly call: PreparedCall;
  readonly id: string;
  readonly claim: IdempotencyClaim | undefined;
}

/** Serves `/v1/…` as Stripe does. `text` is the body, undefined where it was too large. */
export async function serveApi(state: FakeState, request: IncomingMessage, response: ServerResponse, url: URL, text: string | undefined): Promise<void> {
  const requestId = state.ids.next('request');
  const parameters = tryDecode(request, url, text ?? '');
  const record = state.recorder.add(requestId, request, url, text ?? '', parameters instanceof StripeError ? {} : parameters);
  const fault = state.faults.take(request.method ?? '', url.pathname);
  if (fault !== undefined && fault.executed !== true && goesWrong(fault)) return misbehave(fault, requestId, record, response);
  let answer: SavedAnswer;
  try {
    if (text === undefined) throw new StripeError(413, 'invalid_request_error', 'The request body is too large.');
    const accepted = accept(state, request, url, parameters);
    if (fault?.delayMs !== undefined) await wait(fault.delayMs);
    answer = isSaved(accepted) ? accepted : execute(state, record, accepted, fault);
    if (fault?.answerDelayMs !== undefined) await wait(fault.answerDelayMs);
  } catch (error) {
    answer = answerOf(error, requestId);
  }
  if (fault !== undefined && fault.status === undefined && goesWrong(fault)) return misbehave(fault, requestId, record, response);
  send(response, record, answer, requestId);
}

function tryDecode(request: IncomingMessage, url: URL, text: string): ParameterTree | StripeError {
  try {
    return decodeForm(request.method === 'POST' ? text : url.search.slice(1));
  } catch (error) {
    if (error instanceof StripeError) return error;
    throw error;
  }
}

/** Who may ask, in which version, for what, and whether it was asked before. Nothing has been executed when it throws. */
function accept(state: FakeState, request: IncomingMessage, url: URL, parameters: ParameterTree | StripeError): AcceptedCall | SavedAnswer {
  authenticate(request, state.settings.apiKey);
  const version = request.headers['stripe-version'];
  if (version !== undefined && version !== apiVersion) throw invalidRequest(`Invalid Stripe API version: ${String(version).slice(0, 60)}. This fake speaks ${apiVersion} only.`);
  const method = request.method ?? 'GET';
  const found = findRoute(method, url.pathname);
  if (found === undefined) throw new StripeError(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${url.pathname}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`);
  if (method === 'POST') checkContentType(request);
  if (parameters instanceof StripeError) throw parameters;
  const key = request.headers['idempotency-key'];
  if (method !== 'POST' || typeof key !== 'string') return { call: found.route.prepare(parameters), id: found.id, claim: undefined };
  const claim = state.idempotency.begin(key, url.pathname, JSON.stringify(parameters), state.clock.now());
  if (isSavedAnswer(claim)) return claim;
  try {
    return { call: found.route.prepare(parameters), id: found.id, claim };
  } catch (error) {
    claim.giveUp();
    throw error;
  }
}

function isSaved(value: AcceptedCall | SavedAnswer): value is SavedAnswer {
  return 'body' in value;
}

function authenticate({ headers: { authorization } }: IncomingMessage, apiKey: string): void {
  if (authorization === undefined) throw new StripeError(401, 'invalid_request_error', "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.");
  const [, scheme, credentials = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  const given = scheme?.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString('utf8').replace(/:$/, '') : credentials;
  const [a, b] = [Buffer.from(given), Buffer.from(apiKey)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw new StripeError(401, 'invalid_request_error', 'Invalid API Key provided: ****');
}

function checkContentType({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type === undefined && (headers['content-length'] ?? '0') === '0') return;
  if (!/^application\/x-www-form-urlencoded\b/i.test(type ?? '')) throw invalidRequest('Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.');
}

/** Executes and keeps the answer, good or bad, under the key. */
function execute(state: FakeState, record: RecordedRequest, { call, id, claim }: AcceptedCall, fault: ApiFault | undefined): SavedAnswer {
  let answer: SavedAnswer;
  try {
    const body = call(state.world({ requestId: record.id, idempotencyKey: record.idempotencyKey }), id);
    answer = { status: 200, body: JSON.stringify(body, null, 2), requestId: record.id };
  } catch (error) {
    answer = answerOf(error, record.id);
  }
  if (fault?.status !== undefined) answer = answerOf(faultError(fault.status), record.id);
  // A repetition would only get the same answer: Stripe says so.
  if (answer.status >= 500) answer = { ...answer, shouldRetry: false };
  claim?.keep(answer);
  return answer;
}

function answerOf(error: unknown, requestId: string): SavedAnswer {
  // Anything else is a bug of the fake, which the client is to notice.
  const told = error instanceof StripeError ? error : new StripeError(500, 'api_error', `The fake failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}`);
  return { status: told.status, body: JSON.stringify(errorEnvelope(told, requestId), null, 2), requestId };
}

function faultError(status: number): StripeError {
  if (status === 429) return new StripeError(429, 'invalid_request_error', 'Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.', { code: 'rate_limit' });
  return new StripeError(status, 'api_error', 'An unknown error occurred. If the error persists, please contact us at https://support.stripe.com/.');
}

function goesWrong({ status, cut, hang }: ApiFault): boolean {
  return status !== undefined || cut === true || hang === true;
}

function misbehave({ status, cut }: ApiFault, requestId: string, record: RecordedRequest, response: ServerResponse): void {
  if (status !== undefined) send(response, record, answerOf(faultError(status), requestId), requestId);
  else if (cut === true) response.destroy();
}

function send(response: ServerResponse, record: RecordedRequest, { status, body, requestId: original, shouldRetry }: SavedAnswer, requestId: string): void {
  record.status = status;
  record.replayed = original !== requestId;
  const { idempotencyKey } = record;
  sendJson(response, status, body, {
    'request-id': requestId,
    'stripe-version': apiVersion,
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey, 'original-request': original }),
    ...(record.replayed ? { 'idempotent-replayed': 'true' } : {}),
    ...(shouldRetry === undefined && status !== 409 ? {} : { 'stripe-should-retry': String(shouldRetry ?? true) }),
  });
}
