import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import { countDeksByKek } from '../deks/dek-table.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { listKeks, type KekRow } from '../keks/kek-table.ts';
import { toKekInfo, type KekHealth } from './kek-info.ts';
import { readAccountId } from './read-account-id.ts';

/** Versions whose providers are asked at once. */
const asksAtOnce = 8;

/**
 * All versions of the master keys, how many DEKs each of them wraps, and whether the deployment's own can be used; of one
 * account only those that wrap some, and whether they can be used. Keys of all accounts are not asked for: there
 * may be thousands, at providers that take their time.
 */
export function createDescribeKeys(pool: Pool, ring: KekRing): Implementation<'KeyService'>['DescribeKeys'] {
  return async ({ accountId }) => {
    const account = accountId.length === 0 ? undefined : readAccountId(accountId).toString('hex');
    const deks = await countDeksByKek(pool, account);
    const countOf = (kek: KekRow) => deks.get(`${kek.kekId}.${kek.version}`) ?? 0;
    const keks = (await listKeks(pool)).filter((kek) => account === undefined || countOf(kek) > 0);
    const asked = keks.filter(({ state, kekId }) => state !== 'destroyed' && (account !== undefined || kekId === ring.kekId));
    const healths = new Map<KekRow, KekHealth>();
    for (let i = 0; i < asked.length; i += asksAtOnce) {
      await Promise.all(asked.slice(i, i + asksAtOnce).map(async (kek) => healths.set(kek, await askHealth(ring, kek))));
    }
    return { keks: keks.map((kek) => toKekInfo(kek, ring.kekId, countOf(kek), healths.get(kek))) };
  };
}

async function askHealth(ring: KekRing, kek: KekRow): Promise<KekHealth> {
  try {
    await ring.providers.of(kek.kekId).health(kek);
    return 'usable';
  } catch (error) {
    return error instanceof TacetError && error.code === 'kek_disabled' ? 'disabled' : 'unavailable';
  }
}
