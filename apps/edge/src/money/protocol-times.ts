/**
 * All times of the money protocol, derived from the one that billing tells when a session opens: the lifetime
 * of a session. In milliseconds; the comments say what they are at the default of 300 s.
 */
export interface ProtocolTimes {
  readonly sessionMs: number;
  /** Between two heartbeats: 5 s. */
  readonly heartbeatMs: number;
  /** From this age of the session on nothing is admitted: 240 s. */
  readonly admitAgeMs: number;
  /** From this age on streams are cut before anything more is forwarded: 285 s. */
  readonly cutAgeMs: number;
  /** Between two checkpoints of a running request: 10 s. */
  readonly checkpointMs: number;
  /** A lease that nobody drew from for so long goes back: 10 s. */
  readonly idleLeaseMs: number;
  /** A lease changed within this is part of each heartbeat: 10 min. */
  readonly recentLeaseMs: number;
  /** Recent spending that a lease is sized by: 60 s. */
  readonly spendWindowMs: number;
  /** Records are sent again when `applied` has not moved for so long: 30 s, doubling to 10 min. */
  readonly resendMs: number;
  readonly resendMsMax: number;
  /** Between two reports of no-log totals: 60 s. */
  readonly noLogReportMs: number;
  /** How long after a start another way is tried to bring old records to billing: 5 s. */
  readonly catchUpMs: number;
}

/** `sessionMs`: lifetime of a session; at least 1,000. */
export function protocolTimes(sessionMs: number): ProtocolTimes {
  return {
    sessionMs,
    heartbeatMs: sessionMs / 60,
    admitAgeMs: sessionMs * 0.8,
    cutAgeMs: sessionMs * 0.95,
    checkpointMs: sessionMs / 30,
    idleLeaseMs: sessionMs / 30,
    recentLeaseMs: sessionMs * 2,
    spendWindowMs: sessionMs / 5,
    resendMs: sessionMs / 10,
    resendMsMax: sessionMs * 2,
    noLogReportMs: sessionMs / 5,
    catchUpMs: sessionMs / 60,
  };
}
