import type { KekInfo } from '@tacet/rpc/types/keys/v1/KekInfo';
import type { KekState } from '../keks/kek-table.ts';
import type { KekVersion } from '../providers/key-provider.ts';

/** A KEK version, as operators see it. */
export function toKekInfo(provider: string, kek: KekVersion, state: KekState, deks = 0, rewrappedAtMs = 0): KekInfo {
  return { provider, kekId: kek.kekId, kekVersion: kek.version, state, deks, rewrappedAtMs };
}
