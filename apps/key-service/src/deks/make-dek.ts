import { createSecretKey, randomBytes } from 'node:crypto';
import type { Connection } from '@tacet/database';
import type { KekVersion, KeyProvider } from '../providers/key-provider.ts';
import { wrapSecret, type SecretOwner } from '../providers/wrapped-secret.ts';
import { insertDek } from './dek-table.ts';

const dekBytes = 32;

/** Makes a DEK and writes it down, wrapped; false when that version exists already. Throws `kek_disabled`. */
export async function makeDek(connection: Connection, provider: KeyProvider, kek: KekVersion, owner: SecretOwner, nowMs: number): Promise<boolean> {
  const { accountId, version } = owner;
  const bytes = randomBytes(dekBytes);
  const secret = createSecretKey(bytes);
  bytes.fill(0);
  const wrapped = await wrapSecret(provider, kek, owner, secret, nowMs);
  return insertDek(connection, provider.name, Buffer.from(accountId).toString('hex'), { version, wrapped, kek }, nowMs);
}
