import type { Pool } from '@tacet/database';
import type { Implementation } from '@tacet/rpc';
import { countDeksByKek } from '../deks/dek-table.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { listKeks } from '../keks/kek-table.ts';
import { toKekInfo } from './kek-info.ts';

/** All versions of the master keys, and how many DEKs each of them wraps. */
export function createDescribeKeys(pool: Pool, { provider }: KekRing): Implementation<'KeyService'>['DescribeKeys'] {
  return async () => {
    const deks = await countDeksByKek(pool, provider.name);
    const keks = await listKeks(pool, provider.name);
    return { keks: keks.map((kek) => toKekInfo(provider.name, kek, kek.state, deks.get(`${kek.kekId}.${kek.version}`), kek.rewrappedAtMs)) };
  };
}
