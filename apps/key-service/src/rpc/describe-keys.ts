import type { Pool } from '@tacet/database';
import type { Implementation } from '@tacet/rpc';
import { countDeksByKek } from '../deks/dek-table.ts';
import { listKeks } from '../keks/kek-table.ts';
import { toKekInfo } from './kek-info.ts';
import { readAccountId } from './read-account-id.ts';

/** All versions of the master keys, and how many DEKs each of them wraps; of one account only those that wrap some. */
export function createDescribeKeys(pool: Pool, ownKekId: string): Implementation<'KeyService'>['DescribeKeys'] {
  return async ({ accountId }) => {
    const account = accountId.length === 0 ? undefined : readAccountId(accountId).toString('hex');
    const deks = await countDeksByKek(pool, account);
    const keks = (await listKeks(pool)).map((kek) => toKekInfo(kek, ownKekId, deks.get(`${kek.kekId}.${kek.version}`)));
    return { keks: account === undefined ? keks : keks.filter((kek) => kek.deks !== 0) };
  };
}
