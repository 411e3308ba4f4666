import { TacetError, toTacetError } from '@tacet/errors';
import type { AdmittedRequest } from './admit.ts';
import type { Answer, AnswerHost } from './answer.ts';
import { chooseWorker, loadOf, prefixesOf, type ChooseOptions } from './choose-worker.ts';
import type { EdgeTimeouts } from './config.ts';
import { forward } from './forward.ts';
import type { Meter } from './meter.ts';
import type { BodyBudget } from './http/body-budget.ts';
import type { ClientResponse } from './http/client-response.ts';
import type { ClientRequest } from './http/plain-request.ts';
import { sendError } from './http/send-error.ts';
import { prepareBody, type CacheSalts, type WorkerBody } from './prepare-body.ts';
import type { WorkerNews } from './reports.ts';
import { errorManner } from './response-headers.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RunningRequest } from './running-requests.ts';
import type { AnswerHeaders, AnswerReceiver, Attempt } from './worker-connections/answer-receiver.ts';
import { errorBodyBytesMax, readRefusal } from './worker-error.ts';
import type { Pool } from './workers/pool.ts';
import { priorities, type Priority, type QueuedRequest, type WorkerQueue } from './workers/worker-queue.ts';
import type { Worker } from './workers/worker.ts';

const attemptsMax = 2;
/** Nothing sent for so long: a keep-alive. */
const keepAliveMs = 15_000;
/** How long a worker's connection may stay open after its last word. */
const lingerMs = 1_000;

export interface ExchangeOptions {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly admitted: AdmittedRequest;
  readonly meter: Meter;
  readonly makeAnswer: (host: AnswerHost, pool: Pool) => Answer;
  readonly salts: CacheSalts;
  readonly budget: BodyBudget;
  readonly retries: RetryBudget;
  readonly choose: ChooseOptions;
  readonly queue: WorkerQueue;
  readonly timeouts: EdgeTimeouts;
  /** Whether bytes of a worker may be forwarded now; false: everything has been cut. */
  readonly mayForward: () => boolean;
  readonly onWorker: (worker: Worker, news: WorkerNews) => void;
  /** Told once, when the request has ended. `error`: why it failed. */
  readonly onEnd: (exchange: Exchange, error: TacetError | undefined) => void;
}

/**
 * One admitted request between client and worker: chooses a worker, or waits for one, forwards, tries another one
 * while the client has nothing yet, and ends when either side does. All limits of time are checked from outside
 * (`sweep`), so that a chunk costs no timer.
 */
export class Exchange implements RunningRequest, AnswerReceiver, AnswerHost, QueuedRequest {
  place = -1;
  readonly #options: ExchangeOptions;
  readonly #load: number;
  readonly #prefixes: readonly string[];
  readonly #tried: Worker[] = [];
  readonly #startedAt: number;
  #answer: Answer | undefined;
  #worker: Worker | undefined;
  #attempt: Attempt | undefined;
  #body: WorkerBody | undefined;
  #attemptAt = 0;
  #heardAt = 0;
  #sentAt: number;
  #waitingSince: number | undefined;
  #status = 0;
  #refusal: Buffer[] | undefined;
  #refusalBytes = 0;
  #retryAfter = '';
  #hasFirstEvent = false;
  #isOver = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#load = loadOf(options.admitted.request);
    this.#prefixes = prefixesOf(options.admitted.request, options.choose);
    this.#startedAt = options.choose.monotonicMs();
    this.#sentAt = this.#startedAt;
  }

  get caller() {
    return this.#options.admitted.request.caller;
  }

  get admitted(): AdmittedRequest {
    return this.#options.admitted;
  }

  get meter(): Meter {
    return this.#options.meter;
  }

  get hasFirstEvent(): boolean {
    return this.#hasFirstEvent;
  }

  get model(): string {
    return this.#options.admitted.request.model.modelId;
  }

  get account(): string {
    return this.caller.account;
  }

  get priority(): Priority {
    // Only chat pages come without a key.
    if (this.caller.identity === this.caller.account) return priorities.interactive;
    return this.#options.admitted.request.isStream ? priorities.streamed : priorities.whole;
  }

  /** Begins the first attempt, or to wait for it. */
  start(): void {
    const { retries, response, queue } = this.#options;
    retries.noteRequest();
    response.on('close', () => this.#onClientGone());
    try {
      // What waits is not overtaken.
      const worker = queue.isWaitedFor(this.model) ? undefined : this.#choose();
      if (worker) this.#send(worker);
      else queue.join(this);
    } catch (error) {
      // It has a slot and money: it ends as any other does.
      this.#fail(toTacetError(error), 'failed');
    }
  }

  cut(error: TacetError): void {
    if (!this.#isOver) this.#end(error, 'cut');
  }

  sweep(now: number): void {
    const { timeouts, meter } = this.#options;
    if (this.#isOver || !this.#answer) return;
    meter.sweep(now);
    const isHolding = this.#answer.isWaitingForClient || meter.cover === 'pending';
    if (!this.#answer.isWaitingForClient) this.#waitingSince = undefined;
    else this.#waitingSince ??= now;
    if (now - this.#startedAt > timeouts.requestMs) this.#fail(new TacetError('idle_timeout'), 'failed');
    else if (this.#waitingSince !== undefined && now - this.#waitingSince > timeouts.slowReaderMs) this.#options.response.destroy();
    // Between two attempts it waits for a worker, and the queue has a deadline of its own.
    else if (!this.#answer.hasBegun && this.#worker && now - this.#attemptAt > timeouts.firstByteMs) this.#workerFailed('first_byte_timeout');
    else if (this.#answer.hasBegun && !isHolding && now - this.#heardAt > timeouts.idleMs) this.#workerFailed('idle_timeout');
    else if (now - this.#sentAt > keepAliveMs) {
      this.#sentAt = now;
      this.#answer.keepAlive();
    }
  }

  // --- What the worker answers ---

  onHead(status: number, headers: AnswerHeaders): void {
    this.#heardAt = this.#now();
    this.#status = status;
    if (status !== 200) {
      this.#refusal = [];
      this.#retryAfter = headers.retryAfter;
      return;
    }
    const { contentEncoding, contentType } = headers;
    const isPlain = contentEncoding === '' || contentEncoding === 'identity';
    if (!isPlain || !isOfType(contentType, this.#answer?.contentType)) this.onInvalid('worker_invalid');
  }

  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    const now = this.#now();
    this.#heardAt = now;
    if (this.#refusal) {
      this.#refusalBytes += chunk.length;
      if (this.#refusalBytes <= errorBodyBytesMax) this.#refusal.push(chunk);
      return true;
    }
    // After a pause of this process nothing goes out before the session is known to be good.
    if (!this.#options.mayForward()) return true;
    this.#sentAt = now;
    return this.#answer?.take(chunk) ?? true;
  }

  onEnd(): void {
    this.#attempt = undefined;
    if (this.#isOver) return this.#stopAttempt();
    if (this.#refusal) return this.#workerRefused();
    if (this.#options.mayForward()) this.#answer?.takeEnd();
  }

  onFailure(): void {
    this.#attempt = undefined;
    if (this.#isOver) return this.#stopAttempt();
    this.#noteFailure();
    // Until the client has something, a worker that closed is as good as one that is not there.
    if (this.#tryAnother()) return;
    this.#fail(new TacetError('worker_failed'), 'failed');
  }

  // --- What the answer says ---

  onFirstEvent(): void {
    this.#hasFirstEvent = true;
    this.#options.meter.noteFirstEvent();
    // Nothing can be tried again, so the prompt need not be kept.
    this.#forgetPrompt();
  }

  onComplete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#noteAnswered();
    // Usually the worker's end came with its last word.
    if (this.#attempt) this.#linger = setTimeout(() => this.#stopAttempt(), lingerMs).unref();
    else this.#releaseWorker();
    this.#finish(undefined);
  }

  onInvalid(code: 'worker_invalid' | 'worker_failed'): void {
    this.#workerFailed(code);
  }

  onExhausted(): void {
    this.#fail(new TacetError('insufficient_balance', { metadata: { limit_source: 'balance' } }), 'length');
  }

  onResume(): void {
    this.#attempt?.resume();
  }

  onBadUsage(kind: 'hostile' | 'missing'): void {
    if (this.#worker) this.#options.onWorker(this.#worker, kind === 'hostile' ? 'hostile_usage' : 'missing_usage');
  }

  // --- Waiting for a worker ---

  tryStart(): boolean {
    try {
      const worker = this.#choose();
      if (worker === undefined) return false;
      this.#send(worker);
    } catch (error) {
      this.#fail(toTacetError(error), 'failed');
    }
    return true;
  }

  giveUp(error: TacetError): void {
    this.#fail(error, 'failed');
  }

  // --- Attempts ---

  /** A worker for the next attempt; undefined when all are full. Throws `no_worker`. */
  #choose(): Worker | undefined {
    return chooseWorker(this.#options.admitted.request, this.#prefixes, this.#tried, this.#options.choose);
  }

  #send(worker: Worker): void {
    const { admitted, request, salts, budget } = this.#options;
    this.#worker = worker;
    worker.begin(this.#load);
    this.#refusal = undefined;
    this.#refusalBytes = 0;
    this.#attemptAt = this.#now();
    this.#heardAt = this.#attemptAt;
    this.#answer = this.#options.makeAnswer(this, worker.pool);
    this.#body?.forget();
    const body = prepareBody(admitted, worker.pool, salts, budget);
    this.#body = body;
    const { isStream } = admitted.request;
    const attempt = forward({ worker, path: body.path, body, headers: request.headers, isStream, receiver: this });
    // It can have failed already, and another one begun.
    if (this.#worker === worker && !this.#isOver) this.#attempt = attempt;
  }

  /** Whether another worker was set to it, or will be. */
  #tryAnother(): boolean {
    const worker = this.#worker;
    if (!worker || this.#hasFirstEvent || this.#tried.length + 1 >= attemptsMax || !this.#options.retries.take()) return false;
    this.#releaseWorker();
    this.#tried.push(worker);
    try {
      const another = this.#choose();
      if (another) this.#send(another);
      else this.#options.queue.join(this);
      return true;
    } catch {
      // There is no other: the first failure is what the client should hear.
      return false;
    }
  }

  #workerRefused(): void {
    const refusal = readRefusal(this.#status, Buffer.concat(this.#refusal ?? []), this.#retryAfter, this.#options.admitted.request.endpoint);
    if (refusal.isFailure) this.#noteFailure();
    else if (!refusal.isFull) this.#noteAnswered();
    if (refusal.isFull) this.#worker?.noteFull(this.#now(), refusal.error.retryAfterMs ?? 0);
    if (refusal.mayRetry && this.#tryAnother()) return;
    this.#fail(refusal.error, 'failed');
  }

  #workerFailed(code: 'worker_invalid' | 'worker_failed' | 'first_byte_timeout' | 'idle_timeout'): void {
    if (this.#isOver) return;
    this.#noteFailure();
    this.#fail(new TacetError(code), 'failed');
  }

  #noteFailure(): void {
    if (this.#worker) this.#options.onWorker(this.#worker, 'failure');
  }

  #noteAnswered(): void {
    if (this.#worker) this.#options.onWorker(this.#worker, 'success');
  }

  #releaseWorker(): void {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = undefined;
    worker.end(this.#load);
    this.#options.queue.wake();
  }

  // --- The end ---

  #fail(error: TacetError, status: 'failed' | 'length'): void {
    if (!this.#isOver) this.#end(error, status);
  }

  #end(error: TacetError, status: 'failed' | 'cut' | 'length'): void {
    this.#isOver = true;
    this.#stopAttempt();
    if (this.#answer) this.#answer.fail(error, status);
    else this.#refuse(error);
    this.#finish(error);
  }

  /** No worker was ever asked: nothing of the request is recorded. */
  #refuse(error: TacetError): void {
    const { meter, response, admitted } = this.#options;
    meter.drop();
    sendError(response, error, errorManner(admitted, meter.latencyMs));
  }

  #onClientGone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopAttempt();
    // Settled already: all that was missing was the disk. A finished stream is not a cancelled one.
    const isComplete = this.#options.meter.outcome !== undefined;
    if (!isComplete) {
      if (this.#answer) this.#answer.abandon();
      else this.#options.meter.drop();
    }
    this.#finish(isComplete ? undefined : new TacetError('client_closed'));
  }

  /** What is still to come from the worker is nobody's any more. */
  #stopAttempt(): void {
    this.#options.queue.leave(this);
    clearTimeout(this.#linger);
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#releaseWorker();
  }

  #finish(error: TacetError | undefined): void {
    this.#forgetPrompt();
    this.#options.onEnd(this, error);
  }

  #forgetPrompt(): void {
    this.#options.admitted.request.prompt.forget();
    this.#body?.forget();
    this.#body = undefined;
  }

  #now(): number {
    return this.#options.choose.monotonicMs();
  }
}

function isOfType(contentType: string, wanted: string | undefined): boolean {
  return contentType === wanted || contentType.split(';', 1)[0]?.trim().toLowerCase() === wanted;
}
