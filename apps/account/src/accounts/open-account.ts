import { transaction, type Pool } from '@tacet/database';
import type { AccountEvents } from '../events.ts';
import { idBytes } from '../identifiers.ts';
import type { Peers } from '../peers.ts';
import { runEach } from '../run-each.ts';
import { lockLifecycle } from './lock-lifecycle.ts';

/** What opening an account needs. */
export interface OpenAccountDependencies {
  readonly pool: Pool;
  readonly peers: Peers;
  readonly events: AccountEvents;
}

/** How many unfinished openings one sweep takes on. */
const sweepMax = 50;

/**
 * Gives an account its first DEK and its balance, then marks it `active`; nothing for one that is not `opening`.
 * Every step is idempotent, so a crash anywhere is repaired by running it again. Throws what the peers throw.
 */
export async function openAccount({ pool, peers, events }: OpenAccountDependencies, accountId: string): Promise<void> {
  const opened = await transaction(pool, async (connection) => {
    await lockLifecycle(connection, accountId);
    const { rowCount } = await connection.query("SELECT 1 FROM account.account WHERE account_id = $1 AND status = 'opening'", [accountId]);
    if (rowCount === 0) return false;
    await peers.keys.CreateDek({ accountId: idBytes(accountId) });
    await peers.ledger.OpenAccount({ accountId: idBytes(accountId) });
    await connection.query("UPDATE account.account SET status = 'active' WHERE account_id = $1 AND status = 'opening'", [accountId]);
    return true;
  });
  if (opened) events.accountOpened();
}

/** Finishes openings that a crash or an absent peer left unfinished. */
export async function finishOpenings(dependencies: OpenAccountDependencies, signal: AbortSignal): Promise<void> {
  const { rows } = await dependencies.pool.query<{ account_id: string }>(
    "SELECT account_id FROM account.account WHERE status = 'opening' ORDER BY account_id LIMIT $1",
    [sweepMax],
  );
  await runEach(rows, signal, ({ account_id: accountId }) => openAccount(dependencies, accountId));
}
