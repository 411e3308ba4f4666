import type { Pool } from '@tacet/database';
import type { Implementation } from '@tacet/rpc';
import type { DekInfo } from '@tacet/rpc/types/keys/v1/DekInfo';
import { lockAccount, readNewestDek } from '../deks/dek-table.ts';
import { makeDek } from '../deks/make-dek.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { toDekInfo } from './dek-info.ts';
import { readAccountId } from './read-account-id.ts';

interface CreateDekDependencies {
  readonly pool: Pool;
  readonly ring: KekRing;
  readonly now: () => number;
}

/** Makes the first DEK of an account. An account that has one keeps it: the answer is its newest version. */
export function createCreateDek({ pool, ring, now }: CreateDekDependencies): Implementation<'KeyService'>['CreateDek'] {
  return async ({ accountId }): Promise<DekInfo> => {
    const account = readAccountId(accountId);
    const name = account.toString('hex');
    const existing = await readNewestDek(pool, name);
    if (existing) return toDekInfo(account, existing.version, existing.kek);
    return ring.withActiveOf(name, async (kek, connection) => {
      await lockAccount(connection, name);
      const made = await makeDek(connection, ring.providers.of(kek.kekId), kek, { accountId: account, version: 1 }, now());
      // Another call was faster.
      const newest = made ? { version: 1, kek } : await readNewestDek(connection, name);
      if (!newest) throw new Error('a DEK was there and is not');
      return toDekInfo(account, newest.version, newest.kek);
    });
  };
}
