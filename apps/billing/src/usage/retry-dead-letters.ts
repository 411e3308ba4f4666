import type { Pool } from '@tacet/database';
import { recordRoute, recordStatus, usageSource, type UsageRecord } from '@tacet/usage';
import { isDataError } from '../database-errors.ts';
import { amountNanoMax } from '../limits.ts';
import { idField } from '../rpc/fields.ts';
import { readDeadLetter } from './read-dead-letter.ts';

/** What a retry did. Money is nano-USD. */
export interface RetriedLetters {
  readonly charged: number;
  /** A later record of the request has been charged since. */
  readonly superseded: number;
  readonly kept: number;
  readonly lateNano: bigint;
  readonly boundNano: bigint;
  readonly deletedNano: bigint;
}

interface Row {
  readonly outcome: 'charged' | 'superseded' | 'kept' | 'gone';
  readonly late: bigint;
  readonly bound: bigint;
  readonly deleted: bigint;
}

const lettersPerFetch = 500;

/** Tries every dead letter once, oldest first, each in a transaction of its own. */
export async function retryDeadLetters(pool: Pool): Promise<RetriedLetters> {
  const sum = { charged: 0, superseded: 0, kept: 0, lateNano: 0n, boundNano: 0n, deletedNano: 0n };
  for (let after = 0n; ;) {
    const { rows } = await pool.query<{ id: bigint; record: Buffer }>(
      'SELECT dead_letter_id AS id, record FROM billing.dead_letter WHERE dead_letter_id > $1 ORDER BY dead_letter_id LIMIT $2',
      [after, lettersPerFetch],
    );
    const last = rows.at(-1);
    if (!last) return sum;
    after = last.id;
    for (const { id, record } of rows) {
      const { outcome, late, bound, deleted } = await retry(pool, id, record);
      if (outcome !== 'gone') sum[outcome]++;
      sum.lateNano += late;
      sum.boundNano += bound;
      sum.deletedNano += deleted;
    }
  }
}

const kept: Row = { outcome: 'kept', late: 0n, bound: 0n, deleted: 0n };

async function retry(pool: Pool, id: bigint, bytes: Buffer): Promise<Row> {
  const record = readDeadLetter(bytes);
  if (!record || record.kind === 'hole') return kept;
  try {
    const values = toValues(id, record);
    const { rows } = await pool.query<Row>(
      `SELECT * FROM billing.retry_dead_letter(${values.map((_, at) => `$${at + 1}`).join(', ')})`,
      values,
    );
    return rows[0] ?? kept;
  } catch (error) {
    if (isDataError(error)) return kept;
    throw error;
  }
}

/** In the order of the function's parameters; a reservation is bounded as apply_usage bounds it. */
function toValues(id: bigint, record: UsageRecord): unknown[] {
  return [
    id,
    idField('request_id', record.requestId),
    idField('account_id', record.accountId),
    idField('key_id', record.keyId),
    idField('edge_id', record.edgeId),
    record.seq,
    record.leaseEpoch,
    record.priceVersion,
    record.reservedNano < amountNanoMax ? record.reservedNano : amountNanoMax,
    record.inputTokens,
    record.cachedTokens,
    record.outputTokens,
    record.timeMs,
    record.ttftMs,
    record.latencyMs,
    record.leaseByKey,
    record.kind === 'final',
    recordStatus[record.status],
    usageSource[record.usageSource],
    recordRoute[record.route],
  ];
}
