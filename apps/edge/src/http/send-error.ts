import { toTacetError } from '@tacet/errors';
import type { ErrorDialect } from '../endpoints.ts';
import type { ClientResponse } from './client-response.ts';
import { errorBody, retryHeaders } from './error-envelope.ts';

/** How an error is said. */
export interface ErrorManner {
  readonly dialect: ErrorDialect;
  readonly requestId?: string | undefined;
  /** Further names and values. */
  readonly headers: readonly string[];
}

/** Answers with an error before any header was sent; whatever is not ours becomes `internal_error`. Returns the status. */
export function sendError(response: ClientResponse, cause: unknown, { dialect, requestId, headers }: ErrorManner): number {
  const error = toTacetError(cause);
  const body = errorBody(error, dialect, requestId);
  const status = error.httpStatus;
  const fixed = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store'];
  const list = [...fixed, ...retryHeaders(error), ...headers];
  if (status === 401) list.push('www-authenticate', 'Bearer');
  response.writeHead(status, list);
  response.end(body);
  return status;
}
