import type { AdmittedRequest } from './admit.ts';
import type { ErrorDialect } from './endpoints.ts';
import type { ErrorManner } from './http/send-error.ts';
import { rateHeaders } from './limits/rate-headers.ts';

/** Headers of every answer to an admitted request, beside its content type. */
export function responseHeaders({ requestId, request, passage, isClamped, outputPerChoice }: AdmittedRequest, processingMs: number): string[] {
  const headers = [
    'openai-processing-ms', String(Math.round(processingMs)),
    'x-tacet-privacy', request.caller.noLog ? 'no-log' : 'standard',
  ];
  if (requestId !== undefined) headers.push(...requestIdHeaders(requestId.text, request.endpoint.errors));
  if (isClamped) headers.push('x-tacet-max-tokens-clamped', String(outputPerChoice));
  if (passage) headers.push(...rateHeaders(passage, request.endpoint.errors));
  return headers;
}

/** What a request is known by; a no-log one is known by nothing. */
export function requestIdHeaders(requestId: string, dialect: ErrorDialect): string[] {
  return dialect === 'anthropic' ? ['request-id', requestId, 'x-request-id', requestId] : ['x-request-id', requestId];
}

/** How an error of an admitted request is said. */
export function errorManner(admitted: AdmittedRequest, processingMs: number): ErrorManner {
  return { dialect: admitted.request.endpoint.errors, requestId: admitted.requestId?.text, headers: responseHeaders(admitted, processingMs) };
}

/** Headers of an event stream. Neither caches nor proxies may change or hold back what comes. */
export function streamHeaders(admitted: AdmittedRequest, processingMs: number): string[] {
  const fixed = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no'];
  return [...fixed, ...responseHeaders(admitted, processingMs)];
}
