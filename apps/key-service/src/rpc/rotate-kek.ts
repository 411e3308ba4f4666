import type { Implementation } from '@tacet/rpc';
import type { KekInfo } from '@tacet/rpc/types/keys/v1/KekInfo';
import type { Events } from '../events.ts';
import type { KekRing } from '../keks/kek-ring.ts';
import { toKekInfo } from './kek-info.ts';

/** Makes the next version of the master key, which wraps from now on. Touches no DEK; RewrapAll does. */
export function createRotateKek(ring: KekRing, events: Events, now: () => number): Implementation<'KeyService'>['RotateKek'] {
  return async (): Promise<KekInfo> => {
    const kek = await ring.rotate();
    events.kekRotated(kek);
    return toKekInfo({ ...kek, provider: ring.provider.name, state: 'active', rewrappedAtMs: undefined, createdAtMs: now() }, ring.kekId);
  };
}
