import type { Queryable } from '@tacet/database';
import type { AccountState } from '@tacet/rpc/types/ledger/v1/AccountState';
import { readRevision } from '../ledger/catalog.ts';
import { idBytes } from '../rpc/fields.ts';

/** Which accounts may spend, as far as the asker does not know it yet. */
export interface AccountStates {
  readonly states: AccountState[];
  readonly revision: bigint;
  /** The list has every account that may not spend; all others may. */
  readonly complete: boolean;
}

/** Reads the changes since a revision; the whole list when that revision is not known here (a failover forgot it). */
export async function readAccountStates(database: Queryable, since: bigint): Promise<AccountStates> {
  // Before the rows: a change in between is told once more, never missed.
  const revision = await readRevision(database, 'state');
  const complete = since > revision;
  const { rows } = await database.query<{ account_id: string; suspended: boolean }>(
    "SELECT account_id, state <> 'open' AS suspended FROM billing.balance WHERE state_revision > $1 AND (NOT $2 OR state <> 'open')",
    [complete ? 0n : since, complete],
  );
  return { states: rows.map((row) => ({ accountId: idBytes(row.account_id), suspended: row.suspended })), revision, complete };
}

/** All accounts that may not spend now. */
export async function readSuspendedAccounts(database: Queryable): Promise<Buffer[]> {
  const { rows } = await database.query<{ account_id: string }>(
    "SELECT account_id FROM billing.balance WHERE state_revision > 0 AND state <> 'open'",
  );
  return rows.map((row) => idBytes(row.account_id));
}
