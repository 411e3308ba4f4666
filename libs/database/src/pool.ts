import pg from 'pg';
import { unansweredMessage } from './database-away.ts';

/** Values of `int8` columns are `bigint`, here alone; everything else is as pg gives it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return BigInt;
    if (oid === pg.types.builtins.DATE && format !== 'binary') return String;
    return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
  },
};

export type Pool = pg.Pool;
/** A connection out of a pool, or the pool itself: what a query needs. */
export type Queryable = Pick<pg.PoolClient, 'query'>;
export type Connection = pg.PoolClient;

export interface PoolOptions {
  /** A `postgres://` URL with the role and password of this process. */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly connectionsMax: number;
  /** Longest statement, in milliseconds; a query that needs more says so with SET LOCAL. */
  readonly statementMs?: number;
  /**
   * Whether every answer must come within `statementMs` and 5 s more, else its connection is given up: a server that is cut off says
   * nothing, for as long as TCP waits. Not for pools whose statements are given more time by SET.
   */
  readonly isPrompt?: boolean;
}

const connectMs = 5_000;
/** What an answer may take longer than its statement. */
const answerMs = 5_000;
const idleInTransactionMs = 30_000;
const defaultStatementMs = 15_000;

/**
 * Opens a pool and checks that the server is fit: PostgreSQL 17 or newer, and a role whose bind parameters
 * are never logged. Throws an `Error` that says what to do.
 */
export async function openPool(options: PoolOptions): Promise<Pool> {
  const { statementMs = defaultStatementMs, isPrompt = false } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connectionsMax,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    ...(isPrompt ? { query_timeout: statementMs + answerMs } : {}),
    idle_in_transaction_session_timeout: idleInTransactionMs,
    types,
  });
  // An idle connection that breaks is replaced by the pool; the next query tells whether the server is back.
  pool.on('error', () => undefined);
  // One that breaks while it is lent fails the query under way or the next one; unheard, the event would end the process.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  try {
    await checkServer(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return pool;
}

async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string; parameters: string; on_error: string }>(
    `SELECT current_setting('server_version_num') AS version, current_setting('log_parameter_max_length') AS parameters,
            current_setting('log_parameter_max_length_on_error') AS on_error`,
  );
  const [server] = rows;
  if (!server || Number(server.version) < 170_000) throw new Error('PostgreSQL 17 or newer is needed');
  if (server.parameters !== '0' || server.on_error !== '0') {
    throw new Error('this role could have its bind parameters logged; run `tacet db bootstrap`, which sets log_parameter_max_length = 0 for it');
  }
}

/**
 * Runs `work` in one transaction (READ COMMITTED) and commits; rolls back and throws on what it throws. After
 * an error the connection is thrown away when even the rollback fails.
 */
export async function transaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken = false;
  try {
    await connection.query('BEGIN');
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    broken = isUnanswered(error);
    // On a connection that does not answer it would not be answered either.
    if (!broken)
      await connection.query('ROLLBACK').catch(() => {
        broken = true;
      });
    throw error;
  } finally {
    connection.release(broken);
  }
}

/** pg's own error for an answer that did not come in time. */
function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === unansweredMessage;
}

/** Whether an error is Postgres' own, with this SQLSTATE (appendix A of its manual) and, if given, constraint. */
export function isPostgresError(error: unknown, sqlState: string, constraint?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === sqlState && (constraint === undefined || error.constraint === constraint);
}

/** SQLSTATEs that callers tell apart. */
export const sqlState = { uniqueViolation: '23505', foreignKeyViolation: '23503', checkViolation: '23514', serializationFailure: '40001', deadlockDetected: '40P01' } as const;
