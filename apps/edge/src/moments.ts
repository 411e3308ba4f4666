import { uptime } from 'node:os';
import type { Moment } from './money/session-age.ts';

/** Milliseconds of a clock that is never set. */
export function monotonicMs(): number {
  return performance.now();
}

/** UTC milliseconds. */
export function wallMs(): number {
  return Date.now();
}

/** Now, on the three clocks that a session's age is taken by. */
export function momentNow(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now(), bootMs: uptime() * 1000 };
}
