import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { idField, optionalIdField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** A key with a spend limit has sums of its own, which are never dropped; any other has those of its periods. */
const spend = `
  WITH used AS (
    SELECT coalesce(sum(u.charged), 0)::bigint AS account,
           coalesce(sum(u.charged) FILTER (WHERE u.key_id = $2), 0)::bigint AS key,
           coalesce(sum(u.charged) FILTER (WHERE u.key_id = $2 AND u.period >= date_trunc('month', $3::date)), 0)::bigint AS month,
           coalesce(sum(u.charged) FILTER (WHERE u.key_id = $2 AND u.period >= $3::date AND NOT u.no_log), 0)::bigint AS day
      FROM billing.usage_period u WHERE u.account_id = $1)
  SELECT b.posted, b.posted - b.held + b.overdraft AS available, used.account AS used,
         CASE WHEN k.key_id IS NULL THEN used.day WHEN k.day = $3::date THEN k.day_nano ELSE 0 END AS day,
         CASE WHEN k.key_id IS NULL THEN used.month WHEN k.month = date_trunc('month', $3::date)::date THEN k.month_nano ELSE 0 END AS month,
         coalesce(k.total_nano, used.key) AS total
    FROM billing.balance b CROSS JOIN used LEFT JOIN billing.key_spend k ON k.account_id = b.account_id AND k.key_id = $2
   WHERE b.account_id = $1`;

interface SpendRow extends Record<'posted' | 'available' | 'used' | 'day' | 'month' | 'total', bigint> {}

/** What a key and its account have and have spent. */
export function createGetKeySpend(pool: Pool): LedgerHandler<'GetKeySpend'> {
  return async (request) => {
    const today = new Date().toISOString().slice(0, 10);
    const values = [idField('account_id', request.accountId), optionalIdField('key_id', request.keyId), today];
    const { rows } = await pool.query<SpendRow>(spend, values);
    const [row] = rows;
    if (!row) throw new TacetError('not_found', { param: 'account_id' });
    const hasKey = request.keyId.length > 0;
    return {
      postedNano: row.posted.toString(),
      availableNano: row.available.toString(),
      usedNano: row.used.toString(),
      keyDayNano: hasKey ? row.day.toString() : '0',
      keyMonthNano: hasKey ? row.month.toString() : '0',
      keyTotalNano: hasKey ? row.total.toString() : '0',
    };
  };
}
