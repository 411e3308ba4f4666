import type { StripeEvent } from '../objects/event.ts';
import { seededRandom, shuffled } from '../seeded-random.ts';
import { DeliveryLog, type Delivery } from './delivery-log.ts';
import { plainDelivery, type DeliveryChange, type DeliverySettings } from './delivery-settings.ts';
import { EndpointClient, type Endpoint } from './endpoint.ts';
import { signatureHeader } from './sign.ts';

interface Job {
  readonly event: StripeEvent;
  /** Which of all events it is, so that chance does not depend on who came first. */
  readonly ordinal: number;
  readonly copy: number;
  readonly attempt: number;
}

/** The one thing that a resent event may have wrong. */
export type ResendSettings = Pick<DeliveryChange, 'signature' | 'signatureAgeSeconds'> & {
  /** Members that replace those of the event, as a forger would write them. */
  readonly tamper?: Readonly<Record<string, unknown>> | undefined;
};

/** Tells the endpoint of events: queue, chance, retries. */
export class Deliverer {
  readonly log = new DeliveryLog();
  readonly #retryMs: readonly number[];
  readonly #seed: number;
  readonly #client: EndpointClient;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiters: (() => void)[] = [];
  #endpoint: Endpoint | undefined;
  #settings: DeliverySettings = plainDelivery;
  #queue: Job[] = [];
  #running = 0;
  #ordinal = 0;
  /** Raised by each reset: what was sent before it has no consequences any more. */
  #generation = 0;
  #random: () => number;
  #stopped = false;

  constructor(endpoint: Endpoint | undefined, retryMs: readonly number[], timeoutMs: number, seed: number) {
    this.#endpoint = endpoint;
    this.#retryMs = retryMs;
    this.#seed = seed;
    this.#random = seededRandom(seed);
    this.#client = new EndpointClient(timeoutMs);
  }

  get settings(): DeliverySettings {
    return this.#settings;
  }

  /** Events are sent there from now on, those that wait too. */
  setEndpoint(endpoint: Endpoint | undefined): void {
    this.#endpoint = endpoint;
  }

  /** Changes how events travel from now on, or back to plain. */
  configure(change: DeliveryChange | undefined): void {
    this.#settings = change === undefined ? plainDelivery : { ...this.#settings, ...(change as Partial<DeliverySettings>) };
    this.#pumpSoon();
  }

  /** Sends an event on its way, if there is an endpoint that wants it. */
  announce(event: StripeEvent): void {
    const ordinal = ++this.#ordinal;
    const { events = ['*'] } = this.#endpoint ?? { events: [] };
    if (!events.includes('*') && !events.includes(event.type)) return;
    event.pending_webhooks = 1;
    const { repeats, delayMs, loseShare } = this.#settingsFor(event);
    if (this.#chance(ordinal, 0, 0, 'lose') < loseShare) return;
    for (let copy = 1; copy <= repeats; copy++) {
      const [least, most] = delayMs;
      this.#enqueueAfter(least + Math.floor(this.#chance(ordinal, copy, 0, 'delay') * Math.max(0, most - least + 1)), { event, ordinal, copy, attempt: 1 });
    }
  }

  /** Lets go what was held, in this order. */
  release(order: 'same' | 'reversed' | 'shuffled', seed = this.#seed): void {
    if (order === 'reversed') this.#queue.reverse();
    if (order === 'shuffled') this.#queue = shuffled(this.#queue, seededRandom(seed));
    this.configure({ held: false });
  }

  /** Sends an event once more, now, past hold and settings, as the dashboard's button does. It is not tried again. */
  async resend(event: StripeEvent, settings: ResendSettings = {}): Promise<Delivery> {
    if (this.#endpoint === undefined) throw new Error('There is no endpoint');
    const sent = settings.tamper === undefined ? event : { ...event, ...settings.tamper };
    const job: Job = { event: sent, ordinal: 0, copy: 1, attempt: 1 };
    const status = await this.#post(this.#endpoint, sent, settings.signature ?? 'none', settings.signatureAgeSeconds ?? 0);
    if (outcomeOf(status) === 'delivered' && settings.tamper === undefined) event.pending_webhooks = 0;
    return this.#record(job, status, outcomeOf(status), true);
  }

  /** Attempts that are on their way or will be made; those that are held count. */
  get pending(): number {
    return this.#queue.length + this.#running + this.#timers.size;
  }

  /** Resolves when nothing is on its way any more but what is held. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Forgets what waits, and how events were to travel. What runs ends. */
  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queue = [];
    this.#settings = plainDelivery;
    this.#generation++;
    this.log.reset();
    this.#wakeWhenIdle();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped = true;
    this.reset();
    this.#client.stop();
  }

  #settingsFor(event: StripeEvent): DeliverySettings {
    const { types, concurrency, held, reorderWindow } = this.#settings;
    return types.length === 0 || types.includes(event.type) ? this.#settings : { ...plainDelivery, concurrency, held, reorderWindow };
  }

  /** A number from 0 to 1 that depends on the seed and on what it is for, whatever else has happened. */
  #chance(ordinal: number, copy: number, attempt: number, what: 'lose' | 'delay' | 'drop' | 'answer'): number {
    const salts = { lose: 1, delay: 2, drop: 3, answer: 4 };
    return seededRandom(this.#seed * 1_000_003 + ordinal * 8_191 + copy * 131 + attempt * 17 + salts[what])();
  }

  #enqueueAfter(ms: number, job: Job): void {
    if (this.#stopped) return;
    if (ms === 0) {
      this.#queue.push(job);
      this.#pumpSoon();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(job);
      this.#pump();
    }, ms);
    this.#timers.add(timer);
  }

  /** Not at once: what happens together shall wait together, so that it can be reordered. */
  #pumpSoon(): void {
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    const { held, reorderWindow, concurrency } = this.#settings;
    while (this.#running < concurrency && this.#queue.length > 0) {
      if (held || this.#stopped) break;
      const at = reorderWindow === 1 ? 0 : Math.floor(this.#random() * Math.min(reorderWindow, this.#queue.length));
      const [job] = this.#queue.splice(at, 1);
      if (job !== undefined) void this.#run(job);
    }
    this.#wakeWhenIdle();
  }

  async #run(job: Job): Promise<void> {
    this.#running++;
    const generation = this.#generation;
    const { status, delivered, outcome } = await this.#attempt(job);
    this.#running--;
    if (generation !== this.#generation) return this.#pump();
    this.#record(job, status, outcome);
    if (delivered) job.event.pending_webhooks = 0;
    const retryMs = this.#retryMs[job.attempt - 1];
    // A copy is one too many already: it need not arrive.
    if (!delivered && retryMs !== undefined && job.copy === 1) this.#enqueueAfter(Math.max(1, retryMs), { ...job, attempt: job.attempt + 1 });
    this.#pump();
  }

  async #attempt({ event, ordinal, copy, attempt }: Job): Promise<{ status: number | null; delivered: boolean; outcome: Delivery['outcome'] }> {
    const { dropShare, lostAnswerShare, signature, signatureAgeSeconds } = this.#settingsFor(event);
    if (this.#endpoint === undefined || this.#chance(ordinal, copy, attempt, 'drop') < dropShare) return { status: null, delivered: false, outcome: 'dropped' };
    const status = await this.#post(this.#endpoint, event, signature, signatureAgeSeconds);
    if (this.#chance(ordinal, copy, attempt, 'answer') < lostAnswerShare) return { status, delivered: false, outcome: 'answer-lost' };
    return { status, delivered: outcomeOf(status) === 'delivered', outcome: outcomeOf(status) };
  }

  async #post(endpoint: Endpoint, event: StripeEvent, fault: DeliverySettings['signature'], ageSeconds: number): Promise<number | null> {
    // Stripe writes events over many lines: who signs what they parsed and wrote again is found out.
    const body = JSON.stringify(event, null, 2);
    const signature = signatureHeader(body, endpoint.secret, Math.floor(Date.now() / 1_000) - ageSeconds, fault);
    const headers = { accept: '*/*; q=0.5, application/xml', 'cache-control': 'no-cache', 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)' };
    try {
      return await this.#client.post(endpoint.url, body, signature === undefined ? headers : { ...headers, 'stripe-signature': signature });
    } catch {
      // Refused, reset, too slow: to Stripe it is all the same.
      return null;
    }
  }

  #record({ event, copy, attempt }: Job, status: number | null, outcome: Delivery['outcome'], resent = false): Delivery {
    const delivery: Delivery = { event: event.id, type: event.type, copy, attempt, resent, status, outcome };
    this.log.add(delivery);
    return delivery;
  }

  #isIdle(): boolean {
    return this.#running === 0 && this.#timers.size === 0 && (this.#queue.length === 0 || this.#settings.held);
  }

  #wakeWhenIdle(): void {
    if (this.#isIdle()) for (const wake of this.#waiters.splice(0)) wake();
  }
}

function outcomeOf(status: number | null): 'delivered' | 'refused' | 'unreachable' {
  if (status === null) return 'unreachable';
  return status >= 200 && status < 300 ? 'delivered' : 'refused';
}
