/** Length of the windows that limits are counted in; they begin with the minutes of UTC. */
export const windowMs = 60_000;

/** Counters that are kept at once; the one used longest ago goes first. */
export const countersMax = 200_000;

/** How much of a window is left. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, in milliseconds. */
  readonly resetMs: number;
  /** When it ends, in UTC milliseconds. */
  readonly resetAtMs: number;
}

/** How a window (by its number since 1970) stands at a moment of UTC. What is left is held to 0 and `limit`. */
export function standingOf(window: number, limit: number, left: number, nowMs: number): Standing {
  const resetAtMs = (window + 1) * windowMs;
  return { limit, remaining: Math.max(0, Math.min(limit, left)), resetMs: resetAtMs - nowMs, resetAtMs };
}

/** Whether one more may pass, and how the window stands then. */
export interface LimitVerdict extends Standing {
  readonly isAllowed: boolean;
}

/**
 * Counts what passes per minute (requests, tokens), and what runs at once. Two implementations pass one contract: in
 * memory for one edge, and shared by edges through Redis. It limits rates; money is never limited here.
 */
export interface Limiter {
  /**
   * Takes an amount (1..limit) of `limit` per window under a name. A promise only where this edge's share of the
   * window has to be drawn first.
   */
  take(name: string, limit: number, amount: number): LimitVerdict | Promise<LimitVerdict>;
  /**
   * What was taken turned out to be more, or less (negative). More counts in the window of now, whether it has room
   * or not; less is given back only in the window (the `resetAtMs` of its verdict) that it was taken from.
   */
  settle(name: string, difference: number, takenResetAtMs: number): void;
  /** How a window stands now; nothing is taken. */
  standing(name: string, limit: number): Standing;
  /** Whether one more of `limit` may run under a name now. Each that may is ended by `leave`. */
  enter(name: string, limit: number): boolean | Promise<boolean>;
  leave(name: string): void;
  stop(): Promise<void>;
}
