/** Length of the windows that limits are counted in; they begin with the minutes of UTC. */
export const windowMs = 60_000;

/** Counters that are kept at once; the one used longest ago goes first. */
export const countersMax = 200_000;

/** Whether one more may pass, and what the headers say. */
export interface LimitVerdict {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, in milliseconds. */
  readonly resetMs: number;
}

/**
 * Counts requests per minute. Two implementations pass one contract: in memory for one edge, and shared by
 * edges through Redis. It limits rates; money is never limited here.
 */
export interface Limiter {
  /**
   * Takes one of `limit` per window under a name. A promise only where this edge's share of the window has to
   * be drawn first.
   */
  take(name: string, limit: number): LimitVerdict | Promise<LimitVerdict>;
  stop(): Promise<void>;
}
