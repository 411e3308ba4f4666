import type { KekInfo__Output } from '@tacet/rpc/types/keys/v1/KekInfo';
import { timeOrNull } from './describe-key.ts';
import type { Json } from './output.ts';

/** A KEK version as JSON. */
export function kekToJson(kek: KekInfo__Output): { readonly [field: string]: Json } {
  return {
    provider: kek.provider,
    kek_id: kek.kekId,
    kek_version: kek.kekVersion,
    state: kek.state,
    deks: kek.deks,
    created_at: timeOrNull(kek.createdAtMs),
    rewrapped_at: timeOrNull(kek.rewrappedAtMs),
    health: kek.health === '' ? null : kek.health,
  };
}

/** Columns of a table of KEK versions. */
export const kekColumns = [
  { title: 'PROVIDER' },
  { title: 'KEK' },
  { title: 'VERSION', align: 'right' as const },
  { title: 'STATE', style: (text: string) => (text === 'active' ? ('green' as const) : ('dim' as const)) },
  { title: 'HEALTH', style: (text: string) => (text === 'usable' ? ('green' as const) : text === '-' ? ('dim' as const) : ('red' as const)) },
  { title: 'DEKS', align: 'right' as const },
  { title: 'SINCE' },
  { title: 'REWRAPPED' },
];

/** A KEK version as a row of `kekColumns`. */
export function kekToRow(kek: KekInfo__Output): readonly string[] {
  return [kek.provider, kek.kekId, String(kek.kekVersion), kek.state, kek.health || '-', kek.deks, timeOrNull(kek.createdAtMs) ?? '-', timeOrNull(kek.rewrappedAtMs) ?? '-'];
}
