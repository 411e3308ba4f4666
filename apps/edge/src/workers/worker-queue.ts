import { TacetError } from '@tacet/errors';

/** Requests that wait at once, at this edge and of one account. */
export const queuedMax = 1_024;
export const queuedPerAccountMax = 128;
/** How often the queue is looked at without being woken: for what is overdue, and workers that are well again. */
const sweepMs = 250;
/** Every so many-th request is the one that waits longest, whatever its priority, so that none starves. */
const oldestEvery = 4;
/** Requests of one model that are tried in one look: a few may wait for pools that others need not. */
const lookedAtMax = 32;
/** A model is asked again after this at most, when one is told to try later. */
const retryAfterMsMax = 30_000;

/** How urgent a request is: somebody sits before a page; a stream is read as it comes; a whole answer can wait. */
export const priorities = { interactive: 0, streamed: 1, whole: 2 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];

/** A request that waits for a worker. */
export interface QueuedRequest {
  readonly model: string;
  /** Within a priority, accounts take turns. */
  readonly account: string;
  readonly priority: Priority;
  /** Starts it if a worker is free for it; returns whether it is started, or over. */
  tryStart(): boolean;
  /** Told when it has waited too long. */
  giveUp(error: TacetError): void;
}

export interface WorkerQueueOptions {
  readonly monotonicMs: () => number;
  /** How long a request may wait. */
  readonly waitMsMax: number;
}

interface Ticket {
  readonly request: QueuedRequest;
  readonly deadline: number;
}

/** Requests of one model by priority, and within it by account; a `Map` keeps the order of turns. */
type Lanes = readonly [Map<string, Ticket[]>, Map<string, Ticket[]>, Map<string, Ticket[]>];

/**
 * Where requests wait while all workers of their model are full. It is woken when a worker has room; the more
 * urgent go first, within a priority the accounts take turns, and nobody waits beyond a deadline.
 */
export class WorkerQueue {
  readonly #options: WorkerQueueOptions;
  readonly #models = new Map<string, Lanes>();
  /** In the order in which they came, which is that of their deadlines. */
  readonly #tickets = new Map<QueuedRequest, Ticket>();
  readonly #byAccount = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #isWoken = false;
  #started = 0;
  /** Requests started in the last minute, decayed: what a time to wait is guessed from. */
  #startedPerMs = 0;
  #startedAt: number;

  constructor(options: WorkerQueueOptions) {
    this.#options = options;
    this.#startedAt = options.monotonicMs();
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** Whether requests of a model wait, so that a new one must not overtake them. */
  isWaitedFor(model: string): boolean {
    return this.#tickets.size > 0 && this.#models.has(model);
  }

  /** Lets a request wait. Throws `queue_full` when too many do. */
  join(request: QueuedRequest): void {
    const { account, model, priority } = request;
    const ofAccount = this.#byAccount.get(account) ?? 0;
    if (this.size >= queuedMax || ofAccount >= queuedPerAccountMax) throw new TacetError('queue_full', { retryAfterMs: this.#guessMs() });
    const ticket = { request, deadline: this.#options.monotonicMs() + this.#options.waitMsMax };
    this.#tickets.set(request, ticket);
    this.#byAccount.set(account, ofAccount + 1);
    let lanes = this.#models.get(model);
    if (lanes === undefined) {
      lanes = [new Map(), new Map(), new Map()];
      this.#models.set(model, lanes);
    }
    const lane = lanes[priority];
    const waiting = lane.get(account);
    if (waiting) waiting.push(ticket);
    else lane.set(account, [ticket]);
    this.wake();
  }

  /** A request waits no more: it was cut, or its client left. */
  leave(request: QueuedRequest): void {
    const ticket = this.#tickets.get(request);
    if (ticket) this.#remove(ticket);
  }

  /** A worker may have room. What can start does so at the end of this tick. */
  wake(): void {
    if (this.#isWoken || this.#tickets.size === 0) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      // What is removed while a map is walked is not met again.
      for (const model of this.#models.keys()) this.#startOf(model);
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #startOf(model: string): void {
    let looked = 0;
    for (const ticket of this.#inTurn(model)) {
      if (++looked > lookedAtMax) return;
      if (!this.#tickets.has(ticket.request) || !ticket.request.tryStart()) continue;
      this.#started++;
      this.#noteStarted();
      looked = 0;
      this.#remove(ticket, true);
    }
  }

  /** The waiting requests of a model, the next one first. Each may be started, and removed, before the next is asked for. */
  *#inTurn(model: string): Generator<Ticket> {
    const seen = new Set<Ticket>();
    for (;;) {
      const next = this.#next(model, seen);
      if (next === undefined) return;
      seen.add(next);
      yield next;
    }
  }

  #next(model: string, seen: ReadonlySet<Ticket>): Ticket | undefined {
    const lanes = this.#models.get(model);
    if (lanes === undefined) return undefined;
    if (this.#started % oldestEvery === oldestEvery - 1) {
      for (const ticket of this.#tickets.values()) if (ticket.request.model === model && !seen.has(ticket)) return ticket;
    }
    for (const lane of lanes) {
      for (const waiting of lane.values()) {
        const ticket = waiting.find((one) => !seen.has(one));
        if (ticket) return ticket;
      }
    }
    return undefined;
  }

  /** `wasStarted`: its account has had its turn. */
  #remove({ request }: Ticket, wasStarted = false): void {
    const { account, model, priority } = request;
    this.#tickets.delete(request);
    const left = (this.#byAccount.get(account) ?? 1) - 1;
    if (left > 0) this.#byAccount.set(account, left);
    else this.#byAccount.delete(account);
    const lanes = this.#models.get(model);
    const lane = lanes?.[priority];
    const waiting = lane?.get(account)?.filter((ticket) => ticket.request !== request) ?? [];
    if (wasStarted || waiting.length === 0) lane?.delete(account);
    if (waiting.length > 0) lane?.set(account, waiting);
    if (lanes?.every(({ size }) => size === 0)) this.#models.delete(model);
  }

  /** Ends what waited too long, and tries what remains. */
  #sweep(): void {
    const now = this.#options.monotonicMs();
    for (const ticket of this.#tickets.values()) {
      if (ticket.deadline > now) break;
      this.#remove(ticket);
      ticket.request.giveUp(new TacetError('queue_full', { retryAfterMs: this.#guessMs() }));
    }
    this.wake();
  }

  /** An average over about the last ten starts. */
  #noteStarted(): void {
    const now = this.#options.monotonicMs();
    const perMs = 1 / Math.max(1, now - this.#startedAt);
    this.#startedPerMs = this.#startedPerMs === 0 ? perMs : this.#startedPerMs * 0.9 + perMs * 0.1;
    this.#startedAt = now;
  }

  /** When it may be worth to come back: when all that wait now have started, as fast as they did lately. */
  #guessMs(): number {
    const guess = this.#startedPerMs > 0 ? this.size / this.#startedPerMs : this.#options.waitMsMax;
    return Math.round(Math.min(retryAfterMsMax, Math.max(1_000, guess)));
  }
}
