import type { Pool } from '@tacet/database';
import { readRows } from '../ledger/read-rows.ts';
import { idField, integerField, optionalIdBytes } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { selectRequestUsage, toRequestUsage, type RequestRow } from './request-usage.ts';

interface PeriodRow extends Record<'version' | 'input' | 'cached' | 'output' | 'charged', bigint> {
  readonly period: string;
  readonly key: string;
  readonly model: string | null;
  readonly no_log: boolean;
  readonly closed: boolean;
}

/** A request's time is that of its id, which is when it was admitted: so a day is a range of ids. */
/** Of an account within a range of ids, the newest first. */
export const requestsQuery = `${selectRequestUsage}
   WHERE u.account_id = $1 AND u.request_id >= $2 AND u.request_id <= $3
   ORDER BY u.request_id DESC LIMIT $4`;

const periods = `
  SELECT CASE WHEN u.no_log THEN to_char(u.period, 'YYYY-MM') ELSE to_char(u.period, 'YYYY-MM-DD') END AS period, u.key_id AS key,
         p.model_id AS model, u.price_version AS version, u.input_tokens AS input, u.cached_tokens AS cached, u.output_tokens AS output,
         u.charged, u.no_log, u.closed
    FROM billing.usage_period u LEFT JOIN billing.price p USING (price_version)
   WHERE u.account_id = $1 AND ($3::bigint = 0 OR u.period < to_timestamp($3 / 1000.0) AT TIME ZONE 'UTC')
     AND ($2::bigint = 0 OR u.period + CASE WHEN u.no_log THEN interval '1 month' ELSE interval '1 day' END
                            > to_timestamp($2 / 1000.0) AT TIME ZONE 'UTC')
   ORDER BY u.period DESC, u.no_log, u.key_id, u.price_version`;

/** What the ids of UUIDv7 can say: 48 bits of milliseconds. */
const timeMsMax = 2n ** 48n - 1n;

/** Requests newest first, then the sums of periods. */
export function createListUsage(pool: Pool): LedgerHandler<'ListUsage'> {
  return async function* (request, { signal }) {
    const accountId = idField('account_id', request.accountId);
    const fromMs = integerField('from_ms', request.fromMs, 0n, timeMsMax);
    const toMs = integerField('to_ms', request.toMs, 0n, timeMsMax);
    let left = request.requestsMax === 0 ? Infinity : request.requestsMax;
    for (const { first, last } of windows(firstId(fromMs), toMs === 0n ? 'f'.repeat(32) : lastIdBefore(toMs), BigInt(Date.now()))) {
      const values = [accountId, first, last, left === Infinity ? null : left];
      for await (const row of readRows<RequestRow>(pool, requestsQuery, values, signal)) {
        left--;
        yield { request: toRequestUsage(row) };
      }
      if (left <= 0) break;
    }
    for await (const row of readRows<PeriodRow>(pool, periods, [accountId, fromMs, toMs], signal)) yield { period: toPeriodUsage(row) };
  };
}

const dayMs = 86_400_000n;
/** Days back from now at which a range is cut. */
const windowDays = [7n, 28n];

/**
 * Cuts a range of ids, the newest part first: a partition is a day, and a query costs something for each day of its range, with rows
 * or without. So a page of what is new need not ask for what is old.
 */
function* windows(first: string, last: string, nowMs: bigint): Generator<{ readonly first: string; readonly last: string }> {
  for (const days of windowDays) {
    const cut = nowMs - days * dayMs;
    if (firstId(cut) <= first) break;
    if (firstId(cut) > last) continue;
    yield { first: firstId(cut), last };
    last = lastIdBefore(cut);
  }
  yield { first, last };
}

function firstId(ms: bigint): string {
  return ms.toString(16).padStart(12, '0') + '0'.repeat(20);
}

function lastIdBefore(ms: bigint): string {
  return (ms - 1n).toString(16).padStart(12, '0') + 'f'.repeat(20);
}

function toPeriodUsage(row: PeriodRow) {
  return {
    period: row.period,
    keyId: optionalIdBytes(row.key),
    modelId: row.model ?? '',
    priceVersion: Number(row.version),
    inputTokens: row.input.toString(),
    cachedTokens: row.cached.toString(),
    outputTokens: row.output.toString(),
    chargedNano: row.charged.toString(),
    noLog: row.no_log,
    closed: row.closed,
  };
}
