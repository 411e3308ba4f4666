import { toTacetError, type TacetError } from '@tacet/errors';
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
export function sendError(response: ClientResponse, cause: unknown, manner: ErrorManner): number {
  const { status, headers, body } = errorAnswer(toTacetError(cause), manner);
  response.writeHead(status, headers);
  response.end(body);
  return status;
}

/** The answer that tells an error. */
export function errorAnswer(error: TacetError, { dialect, requestId, headers: further }: ErrorManner): { readonly status: number; readonly headers: string[]; readonly body: string } {
  const body = errorBody(error, dialect, requestId);
  const status = error.httpStatus;
  const fixed = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store'];
  const headers = [...fixed, ...retryHeaders(error), ...further];
  if (status === 401) headers.push('www-authenticate', 'Bearer');
  return { status, headers, body };
}
