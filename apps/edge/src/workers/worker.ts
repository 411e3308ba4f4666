import type { Pool as Dispatcher } from 'undici';
import type { Pool } from './pool.ts';

/** Failures in a row after which a worker is left alone until a probe succeeds. */
export const failuresMax = 3;
/** How long a worker that told impossible usage, or none, gets no requests. */
export const quarantineMs = 60_000;

export type WorkerState = 'healthy' | 'unhealthy' | 'quarantined';

/** One address of a pool, with what the edge has seen of it. */
export class Worker {
  readonly pool: Pool;
  /** Address and port, for events. */
  readonly address: string;
  readonly dispatcher: Dispatcher;
  /** Tokens of the requests that it runs for this edge, estimated at admission. */
  inFlightTokens = 0;
  running = 0;
  #failures = 0;
  #isUnhealthy = false;
  #quarantinedUntil = 0;

  constructor(pool: Pool, address: string, dispatcher: Dispatcher) {
    this.pool = pool;
    this.address = address;
    this.dispatcher = dispatcher;
  }

  stateAt(nowMs: number): WorkerState {
    if (this.#quarantinedUntil > nowMs) return 'quarantined';
    return this.#isUnhealthy ? 'unhealthy' : 'healthy';
  }

  /** Returns whether this made it healthy. */
  noteSuccess(): boolean {
    const was = this.#isUnhealthy;
    this.#failures = 0;
    this.#isUnhealthy = false;
    return was;
  }

  /** Returns whether this made it unhealthy. */
  noteFailure(): boolean {
    this.#failures++;
    if (this.#failures < failuresMax || this.#isUnhealthy) return false;
    this.#isUnhealthy = true;
    return true;
  }

  quarantine(nowMs: number): void {
    this.#quarantinedUntil = nowMs + quarantineMs;
  }
}
