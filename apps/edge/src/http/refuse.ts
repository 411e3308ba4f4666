import { toTacetError } from '@tacet/errors';
import type { ClientResponse } from './client-response.ts';
import type { ClientRequest } from './plain-request.ts';
import { errorAnswer, sendError, type ErrorManner } from './send-error.ts';

/** How long the rest of a body that nobody wants is read, so that the client gets to read the answer. */
const lingerMs = 2_000;

/**
 * Answers with an error before the request was admitted; whatever is not ours becomes `internal_error`. Returns
 * the status. Where the body was not read to its end the connection is closed: after its rest, or a moment.
 */
export function refuse(request: ClientRequest, response: ClientResponse, cause: unknown, manner: ErrorManner): number {
  const error = toTacetError(cause);
  if (response.destroyed || response.headersSent) return error.httpStatus;
  if (request.complete) return sendError(response, error, manner);
  const { status, headers, body } = errorAnswer(error, manner);
  response.writeHead(status, [...headers, 'connection', 'close']);
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
