import type { AdmittedRequest } from './admit.ts';
import type { LimitVerdict } from './limits/limiter.ts';

/** Headers of every answer to an admitted request, beside its content type. */
export function responseHeaders({ requestId, request, verdict, isClamped, outputPerChoice }: AdmittedRequest, processingMs: number): string[] {
  const headers = [
    'openai-processing-ms', String(Math.round(processingMs)),
    'x-tacet-privacy', request.caller.noLog ? 'no-log' : 'standard',
  ];
  if (requestId !== undefined) headers.push('x-request-id', requestId.text);
  if (isClamped) headers.push('x-tacet-max-tokens-clamped', String(outputPerChoice));
  if (verdict) headers.push(...rateHeaders(verdict));
  return headers;
}

/** Headers of an event stream. Neither caches nor proxies may change or hold back what comes. */
export function streamHeaders(admitted: AdmittedRequest, processingMs: number): string[] {
  const fixed = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no'];
  return [...fixed, ...responseHeaders(admitted, processingMs)];
}

function rateHeaders({ limit, remaining, resetMs }: LimitVerdict): string[] {
  return ['x-ratelimit-limit-requests', String(limit), 'x-ratelimit-remaining-requests', String(remaining), 'x-ratelimit-reset-requests', `${Math.ceil(resetMs / 1000)}s`];
}
