import type { AdmittedRequest } from './admit.ts';
import type { ErrorDialect } from './endpoints.ts';
import type { ErrorManner } from './http/send-error.ts';
import { addRateHeaders } from './limits/rate-headers.ts';

/** Adds the headers of every answer to an admitted request. */
export function addResponseHeaders(headers: string[], { requestId, request, passage, isClamped, outputPerChoice }: AdmittedRequest, processingMs: number): void {
  const dialect = request.endpoint.errors;
  headers.push('openai-processing-ms', String(Math.round(processingMs)), 'x-tacet-privacy', request.caller.noLog ? 'no-log' : 'standard');
  if (requestId !== undefined) addRequestId(headers, requestId.text, dialect);
  if (isClamped) headers.push('x-tacet-max-tokens-clamped', String(outputPerChoice));
  if (passage) addRateHeaders(headers, passage, dialect);
}

/** Adds what a request is known by; a no-log one is known by nothing. */
export function addRequestId(headers: string[], requestId: string, dialect: ErrorDialect): void {
  if (dialect === 'anthropic') headers.push('request-id', requestId);
  headers.push('x-request-id', requestId);
}

/** How an error of an admitted request is said. */
export function errorManner(admitted: AdmittedRequest, processingMs: number): ErrorManner {
  const headers: string[] = [];
  addResponseHeaders(headers, admitted, processingMs);
  return { dialect: admitted.request.endpoint.errors, requestId: admitted.requestId?.text, headers };
}

/** Headers of an event stream. Neither caches nor proxies may change or hold back what comes. */
export function streamHeaders(admitted: AdmittedRequest, processingMs: number): string[] {
  const headers = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no'];
  addResponseHeaders(headers, admitted, processingMs);
  return headers;
}
