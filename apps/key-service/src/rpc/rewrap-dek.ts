import type { Pool } from '@tacet/database';
import type { Implementation } from '@tacet/rpc';
import { readAccountKek } from '../keks/account-kek-table.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { moveDeks } from '../keks/move-deks.ts';
import { toDekInfo } from './dek-info.ts';
import { readAccountId } from './read-account-id.ts';

/**
 * Wraps all versions of one account's DEK under the version of its key that wraps now. Of a key of its own that is the
 * newest that its provider has: whoever rotates there need tell nobody but this.
 */
export function createRewrapDek(pool: Pool, ring: KekRing): Implementation<'KeyService'>['RewrapDek'] {
  return async ({ accountId }) => {
    const account = readAccountId(accountId);
    const name = account.toString('hex');
    const own = await readAccountKek(pool, name);
    if (own !== undefined) await ring.takeInNewest(own);
    return ring.withActiveOf(name, async (kek, connection) => {
      const deks = await moveDeks(connection, ring.providers, account, kek);
      return { deks: deks.map(({ version }) => toDekInfo(account, version, kek)) };
    });
  };
}
