import type { ServerResponse } from 'node:http';
import { toTacetError } from '@tacet/errors';
import { errorBody, retryHeaders } from './error-envelope.ts';

/**
 * Answers with an error before any header was sent; whatever is not ours becomes `internal_error`. `headers`:
 * further names and values. Returns the status.
 */
export function sendError(response: ServerResponse, cause: unknown, headers: readonly string[] = []): number {
  const error = toTacetError(cause);
  const body = errorBody(error);
  const status = error.httpStatus;
  const fixed = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store'];
  const list = [...fixed, ...retryHeaders(error), ...headers];
  if (status === 401) list.push('www-authenticate', 'Bearer');
  response.writeHead(status, list);
  response.end(body);
  return status;
}
