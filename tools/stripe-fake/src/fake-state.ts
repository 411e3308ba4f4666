import { ApiFaults } from './api-faults.ts';
import { Clock } from './clock.ts';
import { Ids } from './ids.ts';
import type { Cause } from './objects/event.ts';
import type { Settings } from './options.ts';
import { Recorder } from './recorder.ts';
import { Store } from './store.ts';
import { Deliverer } from './webhooks/deliverer.ts';
import { Idempotency } from './wire/idempotency.ts';
import type { World } from './world.ts';

/** Nobody asked for it through the API. */
export const noCause: Cause = { requestId: null, idempotencyKey: null };

/** What the requests to one fake share. */
export class FakeState {
  readonly settings: Settings;
  readonly clock = new Clock();
  readonly ids: Ids;
  readonly deliverer: Deliverer;
  readonly idempotency = new Idempotency();
  readonly recorder = new Recorder();
  readonly faults = new ApiFaults();
  store = new Store();
  /** Known when the fake listens. */
  baseUrl = '';

  constructor(settings: Settings) {
    this.settings = settings;
    this.ids = new Ids(settings.seed);
    this.deliverer = new Deliverer(settings.webhook, settings.retryMs, settings.deliveryTimeoutMs, settings.seed);
  }

  /** What something that happens now needs. */
  world(cause: Cause): World {
    return { store: this.store, ids: this.ids, clock: this.clock, deliverer: this.deliverer, cause, baseUrl: this.baseUrl };
  }

  /** Forgets everything but where events are sent. Ids go on: none comes twice. */
  reset(): void {
    this.store = new Store();
    this.clock.reset();
    this.deliverer.reset();
    this.idempotency.reset();
    this.recorder.reset();
    this.faults.clear();
  }
}
