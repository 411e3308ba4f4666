import type { Queryable } from '@tacet/database';
import { accountColumns, toAccount, type Account, type AccountRow } from './account.ts';

/** One page and the id after which the next begins; undefined when this was the last. */
export interface AccountPage {
  readonly accounts: readonly Account[];
  readonly next: string | undefined;
}

const leastId = '00000000-0000-0000-0000-000000000000';

/** Exported for the test that looks at its plan. */
export const listAccountsSql = `SELECT ${accountColumns} FROM account.account WHERE account_id > $1 ORDER BY account_id LIMIT $2`;

/** Accounts by creation: those whose id is greater than `after`. */
export async function listAccounts(
  db: Queryable,
  { after = leastId, pageSize }: { readonly after?: string | undefined; readonly pageSize: number },
): Promise<AccountPage> {
  const { rows } = await db.query<AccountRow>(listAccountsSql, [after, pageSize + 1]);
  const accounts = rows.slice(0, pageSize).map(toAccount);
  return { accounts, next: rows.length > pageSize ? accounts.at(-1)?.accountId : undefined };
}
