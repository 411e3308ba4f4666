import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { WorkerBody } from './prepare-body.ts';
import type { Worker } from './workers/worker.ts';

/** The headers of a worker's answer that mean anything here; '' where there is none. No other passes. */
export interface AnswerHeaders {
  contentType: string;
  contentEncoding: string;
  retryAfter: string;
}

/** What a worker answers, as it comes. After `onEnd` or `onFailure` nothing more is told. */
export interface AnswerReceiver {
  onHead(status: number, headers: AnswerHeaders): void;
  /** Bytes of the body; false = no more until `resume`. The buffer may be written into. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  /** There was no connection, or it closed before the end. */
  onFailure(): void;
}

export interface ForwardOptions {
  readonly worker: Worker;
  readonly path: string;
  readonly body: WorkerBody;
  /** The client's headers: only those on the list pass. */
  readonly headers: IncomingHttpHeaders;
  readonly isStream: boolean;
  readonly receiver: AnswerReceiver;
}

/** An attempt under way. */
export interface Attempt {
  /** Ends it: the connection is closed, which aborts the request at the worker. Nothing is told after it. */
  abort(): void;
  resume(): void;
}

/**
 * The fifth step: sends a request to a worker. Bytes pass as they come; a receiver that cannot take more stops
 * the reading from the worker's socket, so that the worker itself is slowed down.
 */
export function forward({ worker, path, body, headers, isStream, receiver }: ForwardOptions): Attempt {
  const handler = new AnswerHandler(receiver);
  worker.dispatcher.dispatch(
    {
      path: worker.pool.basePath + path,
      method: 'POST',
      headers: workerHeaders(worker, headers, isStream, body.bytes),
      body: body.body as Buffer,
      // One request's slow prompt must not make the pool wait.
      blocking: false,
    },
    handler,
  );
  return handler;
}

/** The headers that a worker gets: an allow list, and the worker's own credentials. */
function workerHeaders({ pool }: Worker, given: IncomingHttpHeaders, isStream: boolean, bytes: number): string[] {
  const headers = ['content-type', 'application/json', 'accept', isStream ? 'text/event-stream' : 'application/json', 'content-length', String(bytes)];
  if (pool.credentials !== undefined) headers.push('authorization', `Bearer ${pool.credentials}`);
  // A second belt: the flag in the body is what LiteLLM honours.
  if (pool.kindName === 'litellm') headers.push('x-litellm-enable-message-redaction', 'true');
  for (const name in given) {
    const value = given[name];
    if (typeof value === 'string' && (name.startsWith('anthropic-') || pool.forwardHeaders.includes(name))) headers.push(name, value);
  }
  return headers;
}

/** undici's raw handler: its calls come from the socket's parser, without streams in between. */
class AnswerHandler implements Dispatcher.DispatchHandler, Attempt {
  readonly #receiver: AnswerReceiver;
  #abort: ((error?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #isOver = false;

  constructor(receiver: AnswerReceiver) {
    this.#receiver = receiver;
  }

  abort(): void {
    this.#isOver = true;
    // Before a connection is there, onConnect does it.
    this.#abort?.(new Error('the request was ended'));
  }

  resume(): void {
    this.#resume?.();
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#isOver) abort(new Error('the request was ended'));
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    if (!this.#isOver) this.#receiver.onHead(status, readHeaders(raw));
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.#isOver || this.#receiver.onData(chunk);
  }

  onComplete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onEnd();
  }

  onError(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onFailure();
  }
}

/** Names and values in turn. Most are none of those looked for, which their length tells. */
function readHeaders(raw: readonly Buffer[]): AnswerHeaders {
  const headers: AnswerHeaders = { contentType: '', contentEncoding: '', retryAfter: '' };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i];
    if (name?.length === 12 && isNamed(name, 'content-type')) headers.contentType = String(raw[i + 1]);
    else if (name?.length === 16 && isNamed(name, 'content-encoding')) headers.contentEncoding = String(raw[i + 1]);
    else if (name?.length === 11 && isNamed(name, 'retry-after')) headers.retryAfter = String(raw[i + 1]);
  }
  return headers;
}

function isNamed(bytes: Buffer, name: string): boolean {
  return bytes.toString('latin1').toLowerCase() === name;
}
