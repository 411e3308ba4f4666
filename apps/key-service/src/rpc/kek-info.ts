import type { KekInfo } from '@tacet/rpc/types/keys/v1/KekInfo';
import type { KekState } from '../keks/kek-table.ts';
import type { KekVersion } from '../providers/key-provider.ts';

/** A KEK version, as operators see it. */
export function toKekInfo(provider: string, { kekId, version }: KekVersion, state: KekState, deks: number, rewrappedAtMs: number | undefined): KekInfo {
  return { provider, kekId, kekVersion: version, state, deks, rewrappedAtMs: rewrappedAtMs ?? 0 };
}
