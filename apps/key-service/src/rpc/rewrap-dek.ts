import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import { listDeks, updateDek } from '../deks/dek-table.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { rewrapSecret } from '../providers/wrapped-secret.ts';
import { toDekInfo } from './dek-info.ts';
import { readAccountId } from './read-account-id.ts';

/** Wraps all versions of one account's DEK under the KEK version that wraps now. */
export function createRewrapDek(ring: KekRing): Implementation<'KeyService'>['RewrapDek'] {
  return async ({ accountId }) => {
    const account = readAccountId(accountId);
    const name = account.toString('hex');
    return ring.withActive(async (kek, connection) => {
      const deks = await listDeks(connection, name);
      if (deks.length === 0) throw new TacetError('dek_unknown');
      const due = deks.filter(({ kek: present }) => present.kekId === kek.kekId && present.version !== kek.version);
      for (const { version, wrapped } of due) {
        const rewrapped = await rewrapSecret(ring.provider, wrapped, { accountId: account, version }, kek.version);
        await updateDek(connection, { account: name, version, wrapped: rewrapped }, kek.version);
      }
      return { deks: deks.map((dek) => toDekInfo(account, dek.version, due.includes(dek) ? kek : dek.kek)) };
    });
  };
}
