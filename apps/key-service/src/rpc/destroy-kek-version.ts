import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { KekInfo } from '@tacet/rpc/types/keys/v1/KekInfo';
import type { AccountDeks } from '../deks/account-deks.ts';
import { countDeksByKek } from '../deks/dek-table.ts';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';
import type { Events } from '../events.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { lockKek, markKekDestroyed, markRewrapped, type KekRow } from '../keks/kek-table.ts';
import { toKekInfo } from './kek-info.ts';

interface DestroyKekVersionDependencies {
  readonly pool: Pool;
  readonly ring: KekRing;
  readonly deks: AccountDeks;
  readonly epochs: EpochSecrets;
  readonly backupDays: number;
  readonly events: Events;
  readonly now: () => number;
}

const dayMs = 86_400_000;

/**
 * Destroys a version of a master key. Refused (`conflict`) while a DEK or the secret of a living epoch is wrapped by
 * it, and until every backup that needs it has ended; `force` overrides both, and `deks` of the answer says how many
 * DEKs were lost with it. The version that wraps cannot be destroyed at all.
 */
export function createDestroyKekVersion(dependencies: DestroyKekVersionDependencies): Implementation<'KeyService'>['DestroyKekVersion'] {
  const { pool, ring, deks, epochs, backupDays, events, now } = dependencies;
  return async ({ kekId, kekVersion, force }): Promise<KekInfo> => {
    const kek = { kekId, version: kekVersion };
    // A version that lost its last DEK otherwise than by RewrapAll: the wait for the backups begins now.
    await markRewrapped(pool, now());
    const info = await transaction(pool, async (connection) => {
      const row = await lockKek(connection, kek);
      if (!row) throw new TacetError('not_found');
      const used = (await countDeksByKek(connection)).get(`${kekId}.${kekVersion}`) ?? 0;
      if (row.state === 'active') throw conflict('The version is the one that wraps; rotate the key first.');
      if (row.state === 'retired') {
        if (!force) refuseWhileNeeded(row, used, await epochs.countWrappedBy(row), backupDays, now());
        // First the key, then its row: killed between the two, the call can be made again.
        await ring.providers.of(kekId).destroyVersion(kek);
        await markKekDestroyed(connection, row.provider, kek);
      }
      return toKekInfo({ ...row, state: 'destroyed' }, ring.kekId, used);
    });
    deks.forgetAll();
    epochs.forgetAll();
    events.kekDestroyed(kek, force);
    return info;
  };
}

function refuseWhileNeeded({ rewrappedAtMs }: KekRow, deks: number, epochs: number, backupDays: number, nowMs: number): void {
  if (deks > 0) throw conflict(`${deks} DEKs are wrapped by the version; rewrap them first.`);
  if (epochs > 0) throw conflict(`${epochs} epoch secrets are wrapped by the version; rewrap them first.`);
  const backupsEndMs = (rewrappedAtMs ?? nowMs) + backupDays * dayMs;
  if (nowMs < backupsEndMs) throw conflict(`Backups of the keystore may need the version until ${new Date(backupsEndMs).toISOString()}.`);
}

function conflict(message: string): TacetError {
  return new TacetError('conflict', { message });
}
