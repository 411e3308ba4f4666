import type { Connection } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError } from '@tacet/sealed-record';
import { listDeks, lockAccount, updateDek, type DekRow } from '../deks/dek-table.ts';
import type { KekProviders, KekVersion } from '../providers/key-provider.ts';
import { rewrapUnder } from '../providers/wrapped-secret.ts';

/**
 * Brings all DEKs of an account under one KEK version, in the caller's transaction: all of them or none. Returns
 * them. Throws `dek_unknown`, `kek_disabled`, `record_refused`, `unavailable`.
 */
export async function moveDeks(connection: Connection, providers: KekProviders, account: Buffer, kek: KekVersion): Promise<readonly DekRow[]> {
  const name = account.toString('hex');
  await lockAccount(connection, name);
  const deks = await listDeks(connection, name);
  if (deks.length === 0) throw new TacetError('dek_unknown');
  for (const { version, wrapped: before, kek: present } of deks) {
    if (present.kekId === kek.kekId && present.version === kek.version) continue;
    const wrapped = await rewrapUnder(providers, before, { accountId: account, version }, kek).catch(refuse);
    await updateDek(connection, { account: name, version, wrapped, before: present }, providers.of(kek.kekId).name, kek);
  }
  return deks;
}

function refuse(error: unknown): never {
  throw error instanceof RecordRefusedError ? new TacetError('record_refused', { cause: error }) : error;
}
