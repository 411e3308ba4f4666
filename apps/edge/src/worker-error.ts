import { TacetError } from '@tacet/errors';
import type { Endpoint } from './endpoints.ts';

/** What is read of a worker's error body. */
export const errorBodyBytesMax = 65_536;
const retryAfterMs = 1_000;

/** A worker that said no, as the client is told. */
export interface WorkerRefusal {
  readonly error: TacetError;
  /** Whether another worker may do better. */
  readonly mayRetry: boolean;
  /** Whether it speaks against the worker. */
  readonly isFailure: boolean;
  /** Whether it has too much to do, for as long as the error says. */
  readonly isFull: boolean;
}

/**
 * What a worker's status means to the client. Of its body only what is recognised passes, written anew: an
 * error message of an engine can hold the prompt.
 */
export function readRefusal(status: number, body: Buffer, retryAfter: string, endpoint: Endpoint): WorkerRefusal {
  const waitMs = secondsOf(retryAfter);
  switch (status) {
    case 400:
    case 422:
      return { error: badRequest(body, endpoint), mayRetry: false, isFailure: false, isFull: false };
    case 413:
      return { error: new TacetError('body_too_large'), mayRetry: false, isFailure: false, isFull: false };
    case 429:
      return { error: new TacetError('queue_full', { retryAfterMs: waitMs }), mayRetry: true, isFailure: false, isFull: true };
    case 502:
    case 503:
      return { error: new TacetError('worker_failed', { retryAfterMs: waitMs }), mayRetry: true, isFailure: true, isFull: false };
    case 404:
    case 405:
    case 501:
      // Engines speak some endpoints only with some models; whoever asks for another must not take the worker out.
      if (endpoint.name !== 'chat_completions') return { error: new TacetError('route_unsupported_by_model', { param: 'model' }), mayRetry: false, isFailure: false, isFull: false };
      return { error: new TacetError('worker_failed', { retryAfterMs: waitMs }), mayRetry: false, isFailure: true, isFull: false };
    default:
      // A 401 of a worker is about this router's settings, not about the client.
      return { error: new TacetError('worker_failed', { retryAfterMs: waitMs }), mayRetry: false, isFailure: true, isFull: false };
  }
}

const contextPattern = /(?:maximum context length|context size|context window)[^0-9]{0,40}(\d{1,9})/i;
const paramPattern = /^[a-z][a-z0-9_]{0,63}(?:[.[][a-z0-9_\].[]{0,64})?$/;

function badRequest(body: Buffer, { prompt }: Endpoint): TacetError {
  const { message, param } = detailOf(body);
  const context = contextPattern.exec(message)?.[1];
  if (context !== undefined) {
    return new TacetError('field_invalid', { param: prompt?.field, message: `The prompt and the answer together are longer than the model's context of ${context} tokens.` });
  }
  return new TacetError('bad_request', { ...(paramPattern.test(param) ? { param } : {}), message: 'The worker refused the request as not valid.' });
}

function detailOf(body: Buffer): { readonly message: string; readonly param: string } {
  try {
    const value = JSON.parse(body.toString()) as { error?: Record<string, unknown>; message?: unknown; param?: unknown } | null;
    const { message, param } = value?.error ?? value ?? {};
    return { message: typeof message === 'string' ? message : '', param: typeof param === 'string' ? param : '' };
  } catch {
    return { message: '', param: '' };
  }
}

function secondsOf(retryAfter: string): number {
  const seconds = Number(retryAfter);
  return seconds > 0 && seconds <= 3_600 ? seconds * 1_000 : retryAfterMs;
}
