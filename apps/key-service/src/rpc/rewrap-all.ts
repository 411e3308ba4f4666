import type { Implementation } from '@tacet/rpc';
import type { Events } from '../events.ts';
import type { Rewrapper } from '../keks/rewrapper.ts';
import type { Metrics } from '../metrics.ts';

/**
 * Wraps every DEK under the KEK version that wraps now and tells after each batch how far it has come. A caller that
 * leaves stops the work after its batch; whoever calls next goes on from there.
 */
export function createRewrapAll(rewrapper: Rewrapper, events: Events, metrics: Metrics): Implementation<'KeyService'>['RewrapAll'] {
  return async function* rewrapAll(_request, { signal }) {
    let before: number | undefined;
    for await (const { done, total, skipped, isFinished } of rewrapper.run()) {
      metrics.deksRewrapped(Math.max(0, done - (before ?? done)));
      before = done;
      if (isFinished) events.rewrapFinished(done, skipped);
      yield { done, total, skipped, finished: isFinished };
      if (signal.aborted) return;
    }
  };
}
