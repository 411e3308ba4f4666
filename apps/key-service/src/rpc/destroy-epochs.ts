import type { Implementation } from '@tacet/rpc';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';

/** Destroys every epoch secret that is past its time, should the timer of this process not have done so. */
export function createDestroyEpochs(epochs: EpochSecrets): Implementation<'KeyService'>['DestroyEpochs'] {
  return async () => {
    const { destroyed, alive } = await epochs.sweep();
    return { destroyed, alive };
  };
}
