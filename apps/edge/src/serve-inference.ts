import type { ServerResponse } from 'node:http';
import { toTacetError } from '@tacet/errors';
import { admit, type AdmitOptions, type AdmittedRequest } from './admit.ts';
import type { Answer, AnswerHost } from './answer.ts';
import type { Authorize } from './authorize.ts';
import type { ChooseOptions } from './choose-worker.ts';
import { ClientPresence } from './client-presence.ts';
import type { EdgeTimeouts } from './config.ts';
import { spokenAs, type Endpoint } from './endpoints.ts';
import type { Events } from './events.ts';
import { Exchange } from './exchange.ts';
import type { ClientResponse } from './http/client-response.ts';
import { EventWriter } from './http/event-writer.ts';
import { PlainRequest, type ClientRequest } from './http/plain-request.ts';
import { refuse } from './http/refuse.ts';
import type { Caller } from './keys/caller.ts';
import { RateLimitedError } from './limits/rate-gate.ts';
import { addRateHeaders } from './limits/rate-headers.ts';
import { Meter } from './meter.ts';
import type { Metrics } from './metrics.ts';
import { openStream } from './open-stream.ts';
import type { CacheSalts } from './prepare-body.ts';
import { readRequest, type ReadRequestOptions } from './read-request.ts';
import { reportRequest } from './report-request.ts';
import type { WorkerNews } from './reports.ts';
import { newRequestId } from './request-id.ts';
import { addRequestId, streamHeaders } from './response-headers.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RunningRequests } from './running-requests.ts';
import { StreamAnswer } from './stream-answer.ts';
import { WholeAnswer } from './whole-answer.ts';
import type { Pool } from './workers/pool.ts';
import type { WorkerQueue } from './workers/worker-queue.ts';
import type { Worker } from './workers/worker.ts';

export type DoorName = 'public' | 'internal';

export interface ServeInferenceOptions {
  readonly authorize: Authorize;
  readonly read: ReadRequestOptions;
  readonly admit: AdmitOptions;
  readonly running: RunningRequests;
  readonly salts: CacheSalts;
  readonly retries: RetryBudget;
  readonly choose: ChooseOptions;
  readonly queue: WorkerQueue;
  readonly timeouts: EdgeTimeouts;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly onWorker: (worker: Worker, news: WorkerNews) => void;
  /** The key of a request that has just begun changed while it was read: it may have to end. */
  readonly recheck: (caller: Caller) => void;
}

/**
 * Every endpoint that reaches a worker, through both doors. The steps from the key to the last byte, each in the file of its
 * name: `authorize`, `readRequest`, `admit`; then an `Exchange` between client and worker, which takes `chooseWorker` and
 * `forward`, and has a `StreamAnswer` or a `WholeAnswer` hand over what comes, with a `Meter`; then `settle` and `reportRequest`.
 */
export class ServeInference {
  readonly #options: ServeInferenceOptions;
  readonly #whenWritten: (callback: () => void) => void;
  readonly #whenSynced: () => Promise<void>;

  constructor(options: ServeInferenceOptions) {
    const { spool } = options.admit;
    this.#options = options;
    this.#whenWritten = (callback) => spool.whenWritten(callback);
    this.#whenSynced = () => spool.whenSynced();
  }

  async serve(endpoint: Endpoint, request: ClientRequest, response: ClientResponse, door: DoorName): Promise<void> {
    const { authorize, read, admit: admission } = this.#options;
    let caller: Caller | undefined;
    try {
      const authorized = door === 'public' ? authorize.byKey(request.headers) : authorize.byAccount(request.headers);
      caller = authorized instanceof Promise ? await authorized : authorized;
      const reading = readRequest(request, endpoint, caller, read, continueOf(request, response));
      const asked = reading instanceof Promise ? await reading : reading;
      const client = new ClientPresence(response);
      let admitted: AdmittedRequest;
      try {
        const admitting = admit(asked, admission, client);
        admitted = admitting instanceof Promise ? await admitting : admitting;
      } catch (error) {
        asked.prompt.forget();
        throw error;
      }
      this.#run(request, response, admitted);
    } catch (error) {
      this.#refuse(endpoint, request, response, caller, error);
    }
  }

  #run(request: ClientRequest, response: ClientResponse, admitted: AdmittedRequest): void {
    const { authorize, read: { limits: { budget } }, admit: { session, spool }, running, salts, retries, choose, queue, timeouts, onWorker, recheck } = this.#options;
    const meter = new Meter(admitted, { spool, times: session.times, monotonicMs: choose.monotonicMs });
    const exchange = new Exchange({
      request, response, admitted, meter, salts, budget, retries, choose, queue, timeouts, onWorker,
      makeAnswer: this.#answerMaker(response, admitted, meter),
      mayForward: () => session.mayForward(),
      onEnd: (ended, error) => {
        running.remove(ended);
        reportRequest(ended, response, error, this.#options);
        // Nobody looks after the request any more, but its client may not have read what was handed over.
        if (response.socket && response.socket.writableLength > 0) response.socket.setTimeout(timeouts.slowReaderMs);
      },
    });
    running.add(exchange);
    exchange.start();
    // A body may take minutes to arrive; a change from before the request ran was told to nobody.
    if (!authorize.isCurrent(exchange.caller)) recheck(exchange.caller);
  }

  #answerMaker(response: ClientResponse, admitted: AdmittedRequest, meter: Meter): (host: AnswerHost, pool: Pool) => Answer {
    const { admit: { wallMs } } = this.#options;
    const { endpoint, isStream } = admitted.request;
    if (!isStream) return (host, pool) => new WholeAnswer({ admitted, meter, response, host, usage: pool.usage, isTranslated: spokenAs(endpoint, pool.endpoints) !== endpoint, whenWritten: this.#whenWritten });
    const writer = new EventWriter(response, () => streamHeaders(admitted, meter.latencyMs), endpoint.asksForUsage ? 'data' : 'lines');
    return (host, pool) => new StreamAnswer({ admitted, meter, response, writer, host, usage: pool.usage, whenSynced: this.#whenSynced, stream: openStream(admitted, pool, wallMs()) });
  }

  #refuse(endpoint: Endpoint, request: ClientRequest, response: ClientResponse, caller: Caller | undefined, cause: unknown): void {
    const { metrics, events } = this.#options;
    const error = toTacetError(cause);
    if (error.code === 'internal_error') events.requestError(error);
    // Whoever is known and logged can ask the operator about it.
    const requestId = caller && !caller.noLog ? newRequestId().text : undefined;
    const dialect = endpoint.errors;
    const headers = caller ? ['x-tacet-privacy', caller.noLog ? 'no-log' : 'standard'] : [];
    if (requestId !== undefined) addRequestId(headers, requestId, dialect);
    if (error instanceof RateLimitedError) addRateHeaders(headers, error, dialect);
    if (error.code !== 'client_closed') refuse(request, response, error, { dialect, requestId, headers });
    if (caller?.noLog) return;
    metrics.noteInference(endpoint.name, error.httpStatus);
    metrics.refusals.inc({ code: error.code });
    events.requestFinished({ requestId, route: endpoint.name, status: error.httpStatus });
  }
}

/** Says `100 Continue` to a client that waits for it, once it is sure that the body is wanted. */
function continueOf(request: ClientRequest, response: ClientResponse): (() => void) | undefined {
  if (request instanceof PlainRequest || request.headers.expect === undefined) return undefined;
  return () => (response as ServerResponse).writeContinue();
}
