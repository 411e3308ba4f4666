import type { Pool } from '@tacet/database';
import type { StatementLine } from '@tacet/rpc/types/ledger/v1/StatementLine';
import { customerAccount, readBalance } from '../ledger/balance.ts';
import { readRows } from '../ledger/read-rows.ts';
import { idBytes, idField, integerField, optionalIdBytes } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

interface Row extends Record<'amount' | 'version' | 'input' | 'cached' | 'output' | 'lost', bigint> {
  readonly id: string | null;
  readonly at: string;
  readonly kind: string;
  readonly reference: string;
  readonly counterpart: string;
  readonly key: string;
  readonly model: string;
  readonly no_log: boolean;
}

/** The largest time that Postgres' timestamps and UUIDv7 both can say. */
const timeMsMax = 2n ** 48n - 1n;

/**
 * One snapshot: what was posted before the range, then the transfers within it (usage in its parts, as long as the sums of
 * its period are kept), then the periods that are not transfers yet, unless the range ended before now. $1 ledger account,
 * $2 account, $3 from, $4 to (milliseconds; 0: no bound).
 */
export const statementQuery = `
  WITH transfer AS (
    SELECT transfer_id, created_at, kind, reference, CASE WHEN credit_account = $1 THEN amount ELSE -amount END AS amount,
           CASE WHEN credit_account = $1 THEN debit_account ELSE credit_account END AS counterpart
      FROM billing.ledger_transfer WHERE (debit_account = $1 OR credit_account = $1)
       AND ($4::bigint = 0 OR created_at < to_timestamp($4 / 1000.0))
  ), part AS (
    SELECT u.*, p.model_id, CASE WHEN u.no_log THEN to_char(u.period, 'YYYY-MM') ELSE to_char(u.period, 'YYYY-MM-DD') END AS name
      FROM billing.usage_period u LEFT JOIN billing.price p USING (price_version) WHERE u.account_id = $2
  )
  SELECT id, floor(extract(epoch FROM at) * 1000)::text AS at, kind, reference, counterpart, amount::bigint AS amount, key, model,
         version, input, cached, output, no_log, lost
    FROM (
      SELECT 0 AS section, NULL::uuid AS id, to_timestamp($3 / 1000.0) AS at, 'opening' AS kind, '' AS reference, '' AS counterpart,
             coalesce(sum(amount), 0) AS amount, '00000000-0000-0000-0000-000000000000'::uuid AS key, '' AS model, 0::bigint AS version,
             0::bigint AS input, 0::bigint AS cached, 0::bigint AS output, false AS no_log, 0::bigint AS lost
        FROM transfer WHERE $3::bigint > 0 AND created_at < to_timestamp($3 / 1000.0) HAVING $3::bigint > 0
      UNION ALL
      SELECT 1, t.transfer_id, t.created_at, t.kind, t.reference, t.counterpart, coalesce(-u.charged, t.amount),
             coalesce(u.key_id, '00000000-0000-0000-0000-000000000000'), coalesce(u.model_id, ''), coalesce(u.price_version, 0),
             coalesce(u.input_tokens, 0), coalesce(u.cached_tokens, 0), coalesce(u.output_tokens, 0), coalesce(u.no_log, false),
             coalesce(u.late + u.bound, 0)
        FROM transfer t LEFT JOIN part u ON t.kind = 'usage' AND u.closed AND u.name = t.reference
       WHERE t.created_at >= to_timestamp($3 / 1000.0)
      UNION ALL
      SELECT 2, NULL, now(), 'open_usage', name, 'revenue:usage', -charged, key_id, coalesce(model_id, ''), price_version, input_tokens,
             cached_tokens, output_tokens, no_log, late + bound
        FROM part WHERE NOT closed AND ($4::bigint = 0 OR now() < to_timestamp($4 / 1000.0))) AS lines
   ORDER BY section, lines.at, id, reference, no_log, key, version`;

/** Every change of what an account has posted, with its cause; the amounts add up. Throws `not_found`. */
export function createListStatement(pool: Pool): LedgerHandler<'ListStatement'> {
  return async function* (request, { signal }) {
    const accountId = idField('account_id', request.accountId);
    const fromMs = integerField('from_ms', request.fromMs, 0n, timeMsMax);
    const toMs = integerField('to_ms', request.toMs, 0n, timeMsMax);
    await readBalance(pool, accountId);
    let balance = 0n;
    for await (const row of readRows<Row>(pool, statementQuery, [customerAccount(accountId), accountId, fromMs, toMs], signal)) {
      balance += row.amount;
      yield toLine(row, balance);
    }
    yield { kind: 'closing', atMs: (toMs === 0n ? BigInt(Date.now()) : toMs).toString(), balanceNano: balance.toString() };
  };
}

function toLine(row: Row, balance: bigint): StatementLine {
  return {
    atMs: row.at,
    kind: row.kind,
    reference: row.reference,
    counterpart: row.counterpart,
    amountNano: row.amount.toString(),
    balanceNano: balance.toString(),
    keyId: optionalIdBytes(row.key),
    modelId: row.model,
    priceVersion: Number(row.version),
    inputTokens: row.input.toString(),
    cachedTokens: row.cached.toString(),
    outputTokens: row.output.toString(),
    noLog: row.no_log,
    lostNano: row.lost.toString(),
    transferId: row.id === null ? Buffer.alloc(0) : idBytes(row.id),
  };
}
