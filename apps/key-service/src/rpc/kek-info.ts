import type { KekInfo } from '@tacet/rpc/types/keys/v1/KekInfo';
import type { KekRow } from '../keks/kek-table.ts';

/** Whether a version could unwrap at the moment of the call; empty: nobody asked. */
export type KekHealth = 'usable' | 'disabled' | 'unavailable' | '';

/** A KEK version, as operators see it. */
export function toKekInfo({ provider, kekId, version, state, rewrappedAtMs = 0, createdAtMs }: KekRow, ownKekId: string, deks = 0, health: KekHealth = ''): KekInfo & { readonly deks: number } {
  return { provider, kekId, kekVersion: version, state, deks, rewrappedAtMs, createdAtMs, isDefault: kekId === ownKekId, health };
}
