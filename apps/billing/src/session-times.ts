/** Times of the protocol between edges and billing, all fractions of one setting. Milliseconds. */
export interface SessionTimes {
  /** Lifetime of a session since its newest heartbeat. 300 s. */
  readonly lifetimeMs: number;
  /** How long after its expiry a lost edge is released at the earliest. 60 s. */
  readonly graceMs: number;
  /** How often the reconciler runs. 30 s. */
  readonly reconcileMs: number;
  /** How long other edges are asked to give back after one was refused: two heartbeats. 10 s. */
  readonly shrinkMs: number;
}

/** Derives the times; the comments of `SessionTimes` are for the default of 300,000 ms. */
export function sessionTimes(sessionMs: number): SessionTimes {
  return { lifetimeMs: sessionMs, graceMs: sessionMs / 5, reconcileMs: sessionMs / 10, shrinkMs: sessionMs / 30 };
}
