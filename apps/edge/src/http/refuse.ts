import { toTacetError } from '@tacet/errors';
import type { ClientResponse } from './client-response.ts';
import { errorBody, retryHeaders } from './error-envelope.ts';
import type { ClientRequest } from './plain-request.ts';
import type { ErrorManner } from './send-error.ts';

/** How long the rest of a body that nobody wants is read, so that the client gets to read the answer. */
const lingerMs = 2_000;

/**
 * Answers with an error before the request was admitted; whatever is not ours becomes `internal_error`. Returns
 * the status. Where the body was not read to its end the connection is closed: after its rest, or a moment.
 */
export function refuse(request: ClientRequest, response: ClientResponse, cause: unknown, { dialect, requestId, headers }: ErrorManner): number {
  const error = toTacetError(cause);
  const status = error.httpStatus;
  if (response.destroyed || response.headersSent) return status;
  const body = errorBody(error, dialect, requestId);
  const list = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store', ...retryHeaders(error), ...headers];
  if (status === 401) list.push('www-authenticate', 'Bearer');
  if (request.complete) {
    response.writeHead(status, list);
    response.end(body);
    return status;
  }
  list.push('connection', 'close');
  response.writeHead(status, list);
  // Node closes the socket with the end of the response, and what is unread then makes the system reset the
  // connection, which can take the answer away from the client.
  response.write(body);
  const timer = setTimeout(() => response.end(), lingerMs);
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  request.once('end', finish).once('close', finish).once('error', finish);
  request.resume();
  return status;
}
