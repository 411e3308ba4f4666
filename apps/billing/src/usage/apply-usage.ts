import type { Queryable } from '@tacet/database';
import { readRecordPlace } from '@tacet/usage';
import { reportDiscrepancy } from '../ledger/report-discrepancy.ts';
import { idField } from '../rpc/fields.ts';
import type { ShrunkOutput, UsageColumns } from './usage-columns.ts';

/** Why an intact record was kept instead of charged. */
export type DeadLetterReason = 'unknown_format' | 'unknown_price' | 'request_conflict' | 'refused';

/** What a batch of records did. Money is nano-USD. */
export interface AppliedUsage {
  /** Records that were next in their sequences. */
  readonly applied: number;
  /** Records that had been applied before, or stand beyond a gap. */
  readonly skipped: number;
  readonly corrupt: number;
  readonly deadLetters: readonly DeadLetterReason[];
  /** What the losses paid in place of accounts; a charge that goes down gives back. */
  readonly lateNano: bigint;
  readonly boundNano: bigint;
  readonly deletedNano: bigint;
}

interface ApplyRow {
  readonly applied: number;
  readonly refused: readonly number[] | null;
  readonly reasons: readonly DeadLetterReason[] | null;
  readonly late: bigint;
  readonly bound: bigint;
  readonly deleted: bigint;
}

/** Types of the parameters of billing.apply_usage, in order. */
const parameterTypes =
  'uuid[] smallint[] bigint[] integer[] integer[] uuid uuid smallint[] boolean[] uuid[] bigint[] uuid[] uuid[] uuid[] bigint[] boolean[] bigint[] ' +
  'bigint[] bigint[] bigint[] bigint[] bigint[] bigint[] boolean[] smallint[] smallint[] smallint[] bigint[] bigint[] bigint[]';
const parameters = parameterTypes.split(' ').map((type, at) => `$${at + 1}::${type}`);
const statement = `SELECT * FROM billing.apply_usage(${parameters.join(', ')})`;

/** Applies records within the caller's transaction, and keeps those that cannot be charged as dead letters. */
export async function applyUsage(connection: Queryable, columns: UsageColumns): Promise<AppliedUsage> {
  const { rows } = await connection.query<ApplyRow>({ name: 'apply_usage', text: statement, values: [...columns.values] });
  const [row] = rows;
  if (!row) throw new Error('billing.apply_usage answered nothing');
  const deadLetters: DeadLetterReason[] = [];
  for (const [at, place] of (row.refused ?? []).entries()) {
    const record = columns.records[place - 1];
    const reason = row.reasons?.[at];
    if (!record || !reason) throw new Error('billing.apply_usage refused a record that was not given');
    await keepDeadLetter(connection, record, reason);
    deadLetters.push(reason);
  }
  for (const record of columns.unplaced) {
    await keepDeadLetter(connection, record, 'unknown_format');
    deadLetters.push('unknown_format');
  }
  for (const shrunk of columns.shrunk) await noteShrunkOutput(connection, shrunk);
  return {
    applied: row.applied,
    skipped: columns.records.length - row.applied,
    corrupt: columns.corrupt,
    deadLetters,
    lateNano: row.late,
    boundNano: row.bound,
    deletedNano: row.deleted,
  };
}

/**
 * Between records of different batches the database sees this by itself (a trigger on usage_request); of a batch it gets the last
 * record of a request alone. A record that was not applied (beyond a gap, or of nobody) says nothing yet.
 */
async function noteShrunkOutput(connection: Queryable, { record, outputBefore }: ShrunkOutput): Promise<void> {
  await connection.query(
    `INSERT INTO billing.discrepancy (kind, subject, account_id, expected, found)
     SELECT 'output_shrank', u.request_id::text, u.account_id, $2, $3 FROM billing.usage_request u WHERE u.request_id = $1 AND u.seq >= $4
     ON CONFLICT (kind, subject) DO NOTHING`,
    [idField('request_id', record.requestId), outputBefore, record.outputTokens, record.seq],
  );
}

/**
 * Counts a record as applied without charging it, for one that the database refuses whatever is done: everything
 * behind it would wait for ever. Within the caller's transaction; nothing happens when the record is not next.
 */
export async function quarantineRecord(connection: Queryable, record: Buffer): Promise<boolean> {
  const place = readRecordPlace(record);
  if (!place) return false;
  const run = [[idField('edge_id', place.edgeId)], [place.partition], [place.seq], [1], [1]];
  const { rows } = await connection.query<{ taken: readonly number[] }>(
    'SELECT billing.take_runs($1::uuid[], $2::smallint[], $3::bigint[], $4::integer[], $5::integer[]) AS taken',
    run,
  );
  if (rows[0]?.taken.length !== 1) return false;
  await keepDeadLetter(connection, record, 'refused');
  return true;
}

const accountAt = 48;
const requestAt = 32;
const priceVersionAt = 84;

async function keepDeadLetter(connection: Queryable, record: Buffer, reason: DeadLetterReason): Promise<void> {
  const place = readRecordPlace(record);
  const edgeId = place && idField('edge_id', place.edgeId);
  await connection.query('INSERT INTO billing.dead_letter (reason, edge_id, partition, seq, record) VALUES ($1, $2, $3, $4, $5)', [
    reason,
    edgeId ?? null,
    place?.partition ?? null,
    place && place.seq < 2n ** 63n ? place.seq : null,
    record,
  ]);
  const accountId = idField('account_id', record.subarray(accountAt, accountAt + 16));
  switch (reason) {
    case 'unknown_format':
      return reportDiscrepancy(connection, { kind: reason, subject: `version ${record[0] ?? 0}` });
    case 'unknown_price':
      return reportDiscrepancy(connection, { kind: reason, subject: `price version ${record.readUInt32BE(priceVersionAt)}` });
    case 'request_conflict':
      return reportDiscrepancy(connection, {
        kind: reason,
        subject: idField('request_id', record.subarray(requestAt, requestAt + 16)),
        accountId,
      });
    case 'refused':
      return reportDiscrepancy(connection, {
        kind: 'record_refused',
        subject: `${edgeId} partition ${place?.partition} seq ${place?.seq}`,
        accountId,
      });
  }
}
