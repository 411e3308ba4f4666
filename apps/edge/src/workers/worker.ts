import type { Pool as Dispatcher } from 'undici';
import { RequestHeads } from '../worker-connections/request-heads.ts';
import type { WorkerConnections } from '../worker-connections/worker-connections.ts';
import { Breaker } from './breaker.ts';
import type { EngineGauges } from './engine-gauges.ts';
import type { Pool } from './pool.ts';

/** Probes without an answer, one after the other, after which a worker counts as gone until one is answered. */
export const probesMissedMax = 2;
/** How long a worker that told impossible usage, or none, gets no requests. */
export const quarantineMs = 60_000;
/** The longest that a worker which says that it is full is believed. */
export const busyMsMax = 5_000;
/** Requests waiting in an engine's own queue at which the edge keeps further ones back. */
export const engineQueueMax = 16;
/** Tokens that a request of another edge is taken for: of those only the number is known. */
const tokensPerForeignRequest = 512;
/** From this share of used key-value cache on, an engine begins to evict and to recompute. */
const cacheFullFrom = 0.9;

/** Why a worker gets requests, or none. `draining`: its pool says so, or it is no longer in the file. */
export type WorkerState = 'healthy' | 'half_open' | 'open' | 'down' | 'quarantined' | 'draining';

/** What a worker can do for one more request now. */
export type Availability = 'free' | 'full' | 'none';

/** One address of a pool, with what the edge has seen of it. */
export class Worker {
  /** Address and port, for events. */
  readonly address: string;
  /** For requests of clients. */
  readonly connections: WorkerConnections;
  /** For questions of the edge's own, to the worker and its engine. */
  readonly dispatcher: Dispatcher;
  readonly breaker = new Breaker();
  #pool: Pool;
  #requestHeads: RequestHeads;
  /** Tokens of the requests that it runs for this edge, estimated at admission. */
  inFlightTokens = 0;
  running = 0;
  /** Taken out of the file: it ends what it runs. */
  hasLeft = false;
  #probesMissed = 0;
  #quarantinedUntil = 0;
  #busyUntil = 0;
  #gauges: EngineGauges | undefined;
  /** Requests that it ran for others than this edge when its gauges were read. */
  #foreignRequests = 0;

  constructor(pool: Pool, address: string, dispatcher: Dispatcher, connections: WorkerConnections) {
    this.#pool = pool;
    this.#requestHeads = new RequestHeads(pool);
    this.address = address;
    this.connections = connections;
    this.dispatcher = dispatcher;
  }

  get pool(): Pool {
    return this.#pool;
  }

  /** What requests to it begin with. */
  get requestHeads(): RequestHeads {
    return this.#requestHeads;
  }

  /** The file says something new of the pool; the address and what is known of it stay. */
  adopt(pool: Pool): void {
    if (pool !== this.#pool) this.#requestHeads = new RequestHeads(pool);
    this.#pool = pool;
  }

  stateAt(nowMs: number): WorkerState {
    if (this.hasLeft || this.#pool.drain) return 'draining';
    if (this.#quarantinedUntil > nowMs) return 'quarantined';
    if (this.#probesMissed >= probesMissedMax) return 'down';
    const state = this.breaker.stateAt(nowMs);
    return state === 'closed' ? 'healthy' : state;
  }

  /** `full`: it is well, and it would let a request wait. */
  availabilityAt(nowMs: number): Availability {
    if (this.hasLeft || this.#pool.drain || this.#probesMissed >= probesMissedMax || this.#quarantinedUntil > nowMs || !this.breaker.admits(nowMs)) return 'none';
    const { requestsMax } = this.#pool;
    const isFull = this.#busyUntil > nowMs || (requestsMax !== undefined && this.running >= requestsMax) || (this.#gauges?.waiting ?? 0) >= engineQueueMax;
    return isFull ? 'full' : 'free';
  }

  /** Tokens that it has to do for its weight: this edge's, and a guess at those of others. */
  get load(): number {
    const tokens = this.inFlightTokens + this.#foreignRequests * tokensPerForeignRequest;
    const isCacheFull = this.#gauges !== undefined && this.#gauges.cacheUsage >= cacheFullFrom;
    return (isCacheFull ? tokens * 2 : tokens) / this.#pool.weight;
  }

  /** A request of so many tokens is sent to it. */
  begin(tokens: number): void {
    this.running++;
    this.inFlightTokens += tokens;
    this.breaker.begin();
  }

  /** It has nothing to do with that request any more. */
  end(tokens: number): void {
    this.running--;
    this.inFlightTokens -= tokens;
    this.breaker.release();
  }

  /** A request was answered as it should be. Returns whether this made it healthy. */
  noteSuccess(): boolean {
    this.#busyUntil = 0;
    // It is there, whatever became of the probes: they are the first to suffer on a busy machine.
    this.#probesMissed = 0;
    return this.breaker.noteSuccess();
  }

  /** Returns whether this took it out. */
  noteFailure(nowMs: number): boolean {
    return this.breaker.noteFailure(nowMs);
  }

  /** It said that it is full. `forMs`: until when, as it says. */
  noteFull(nowMs: number, forMs: number): void {
    this.#busyUntil = nowMs + Math.min(forMs, busyMsMax);
  }

  /** It was asked how it is. Returns whether that changed whether it counts as there. */
  noteProbe(isThere: boolean, nowMs: number): boolean {
    const wasDown = this.#probesMissed >= probesMissedMax;
    this.#probesMissed = isThere ? 0 : this.#probesMissed + 1;
    if (wasDown && isThere) this.breaker.allowTrial(nowMs);
    return wasDown !== this.#probesMissed >= probesMissedMax;
  }

  /** What its engine says of itself; undefined = it says nothing any more. */
  noteGauges(gauges: EngineGauges | undefined): void {
    this.#gauges = gauges;
    this.#foreignRequests = gauges === undefined ? 0 : Math.max(0, gauges.running + gauges.waiting - this.running);
  }

  quarantine(nowMs: number): void {
    this.#quarantinedUntil = nowMs + quarantineMs;
  }
}
