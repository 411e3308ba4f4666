import type { Implementation } from '@tacet/rpc';
import type { AccountKek } from '@tacet/rpc/types/keys/v1/AccountKek';
import type { AccountDeks } from '../deks/account-deks.ts';
import type { Events } from '../events.ts';
import { deleteAccountKek, writeAccountKek } from '../keks/account-kek-table.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { moveDeks } from '../keks/move-deks.ts';
import type { KekVersion } from '../providers/key-provider.ts';
import type { ProviderSet } from '../providers/provider-set.ts';
import { readAccountId } from './read-account-id.ts';
import { tryKek } from './verify-provider.ts';

interface SetAccountKekDependencies {
  readonly ring: KekRing;
  readonly providers: ProviderSet;
  readonly deks: AccountDeks;
  readonly events: Events;
  readonly now: () => number;
}

/**
 * Bring your own KEK: moves all DEKs of an account, in one transaction, under a key that it chose, or back under the
 * deployment's. The key is tried first; what the DEKs are under now must still be usable, since nothing else opens them.
 */
export function createSetAccountKek({ ring, providers, deks, events, now }: SetAccountKekDependencies): Implementation<'KeyService'>['SetAccountKek'] {
  return async ({ accountId, providerName, key }): Promise<AccountKek> => {
    const account = readAccountId(accountId);
    const name = account.toString('hex');
    const chosen = providerName === '' ? undefined : await ring.takeInNewest((await tryKek(ring.kekId, providers, providerName, key)).kekId);
    const answer = await ring.withActive(async (own, connection) => {
      const kek: KekVersion = chosen ?? own;
      const provider = providers.of(kek.kekId).name;
      const moved = await moveDeks(connection, providers, account, kek);
      if (chosen) await writeAccountKek(connection, name, provider, kek.kekId, now());
      else await deleteAccountKek(connection, name);
      return { accountId: account, provider, kekId: kek.kekId, kekVersion: kek.version, deks: moved.length };
    });
    deks.forget(account);
    events.accountKekSet(answer.provider);
    return answer;
  };
}
