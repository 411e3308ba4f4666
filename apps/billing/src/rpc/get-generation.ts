import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { selectRequestUsage, toRequestUsage, type RequestRow } from './request-usage.ts';

/** One request of a normal key, by its id and for its own account alone. */
export function createGetGeneration(pool: Pool): LedgerHandler<'GetGeneration'> {
  return async (request) => {
    const values = [idField('account_id', request.accountId), idField('request_id', request.requestId)];
    const { rows } = await pool.query<RequestRow>(`${selectRequestUsage} WHERE u.account_id = $1 AND u.request_id = $2`, values);
    const [row] = rows;
    if (!row) throw new TacetError('not_found', { param: 'request_id' });
    return toRequestUsage(row);
  };
}
