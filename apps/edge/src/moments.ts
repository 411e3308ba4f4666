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

/** How old the boot clock's value may be, in monotonic time: asking for it reads a file. */
const bootKeptMs = 20;

let bootMs = uptime() * 1000;
let bootReadAt = performance.now();

/**
 * Now, on the three clocks that a session's age is taken by. After a sleep of the machine the boot clock's value
 * may be the one from before for as long as this process then runs 20 ms.
 */
export function momentNow(): Moment {
  const now = performance.now();
  if (now - bootReadAt > bootKeptMs) {
    bootMs = uptime() * 1000;
    bootReadAt = now;
  }
  return { monotonicMs: now, wallMs: Date.now(), bootMs };
}
