import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { DekInfo } from '@tacet/rpc/types/keys/v1/DekInfo';
import type { AccountDeks } from '../deks/account-deks.ts';
import { lockAccount, readNewestDek } from '../deks/dek-table.ts';
import { makeDek } from '../deks/make-dek.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { dekVersionsMax } from '../limits.ts';
import { toDekInfo } from './dek-info.ts';
import { readAccountId } from './read-account-id.ts';

interface RotateDekDependencies {
  readonly ring: KekRing;
  readonly deks: AccountDeks;
  readonly now: () => number;
}

/**
 * Makes the next version of an account's DEK. This replica seals under it at once, the others within the lifetime of
 * their caches; records of older versions stay readable.
 */
export function createRotateDek({ ring, deks, now }: RotateDekDependencies): Implementation<'KeyService'>['RotateDek'] {
  return async ({ accountId }): Promise<DekInfo> => {
    const account = readAccountId(accountId);
    const info = await ring.withActiveOf(account.toString('hex'), async (kek, connection) => {
      await lockAccount(connection, account.toString('hex'));
      const newest = await readNewestDek(connection, account.toString('hex'));
      if (!newest) throw new TacetError('dek_unknown');
      if (newest.version >= dekVersionsMax) throw conflict(`An account has at most ${dekVersionsMax} DEK versions.`);
      const version = newest.version + 1;
      const made = await makeDek(connection, ring.providers.of(kek.kekId), kek, { accountId: account, version }, now());
      if (!made) throw new Error('the next version of a DEK exists already');
      return toDekInfo(account, version, kek);
    });
    deks.forget(account);
    return info;
  };
}

function conflict(message: string): TacetError {
  return new TacetError('conflict', { message });
}
