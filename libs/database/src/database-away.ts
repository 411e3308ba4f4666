import { TacetError } from '@tacet/errors';
import pg from 'pg';

/** What a caller is told to wait, in milliseconds. */
const retryAfterMs = 2_000;

/** Node's codes of a server that cannot be reached, or is lost on the way. */
const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * SQLSTATEs (appendix A of PostgreSQL's manual) of a server that cannot serve now, though the same call may succeed later:
 * connection exceptions, no resources left (connections, memory, disk), stopping or starting, a statement that ran into
 * its time limit, and a server that became a standby.
 */
const sqlStates = /^(?:08|53|57P0[1-5]|57014|25006)/;

/** pg's own error for an answer that did not come in time has nothing but this message. */
export const unansweredMessage = 'Query read timeout';

/** Errors of pg and its pool that have nothing but their message: a pool that is used up, a connection that broke. */
const messages = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  unansweredMessage,
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/**
 * Turns what a database that is away or used up makes of a call into `unavailable` (503, to be tried again); every other
 * error stays what it is. What was under way may have happened.
 */
export function databaseAway(error: unknown): unknown {
  if (error instanceof TacetError || !(error instanceof Error)) return error;
  return isAway(error) ? new TacetError('unavailable', { message: 'The database does not answer.', cause: error, retryAfterMs }) : error;
}

function isAway(error: Error): boolean {
  const { code } = error as { code?: unknown };
  if (error instanceof pg.DatabaseError) return typeof code === 'string' && sqlStates.test(code);
  // Several addresses of a host were tried: Node puts what each of them said into one error.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every((inner) => inner instanceof Error && isAway(inner));
  return (typeof code === 'string' && socketCodes.has(code)) || messages.has(error.message);
}
