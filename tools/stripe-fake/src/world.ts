import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import type { Cause } from './objects/event.ts';
import type { Store } from './store.ts';
import type { Deliverer } from './webhooks/deliverer.ts';

/** What something that happens needs: where things are kept, their ids and times, who hears of it and who caused it. */
export interface World {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly deliverer: Deliverer;
  readonly cause: Cause;
  /** `http://host:port` of the fake, for pages that Stripe would show. */
  readonly baseUrl: string;
}
