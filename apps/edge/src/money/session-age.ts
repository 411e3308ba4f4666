/** One moment on three clocks, in milliseconds. */
export interface Moment {
  /** Stands still while the machine sleeps; never set. */
  readonly monotonicMs: number;
  /** Can be set; goes on while a virtual machine is frozen, as soon as somebody sets it right. */
  readonly wallMs: number;
  /** Since boot: counts sleep and cannot be set. */
  readonly bootMs: number;
}

/**
 * How old something is that was last known to be true at `then`: the largest difference of the three clocks,
 * since each hides some kind of pause. A wall clock that was set back counts for nothing.
 */
export function ageMs(then: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - then.monotonicMs, now.wallMs - then.wallMs, now.bootMs - then.bootMs);
}
