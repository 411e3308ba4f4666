import { failed, ok, type Check } from './check.ts';

/** Edges warn beyond this, and are not ready beyond 60 s (docs/operating/README.md, `clock_skew`). */
export const skewMsMax = 5_000;

/**
 * Judges another clock. It was read somewhere between `askedMs` and `answeredMs` of ours, and is known to
 * `resolutionMs`, so only what lies outside of both is held against it.
 */
export function judgeSkew(name: string, theirsMs: number, askedMs: number, answeredMs: number, resolutionMs: number): Check {
  const behind = Math.max(askedMs - (theirsMs + resolutionMs), 0);
  const ahead = Math.max(theirsMs - answeredMs, 0);
  const skewMs = Math.max(behind, ahead);
  if (skewMs <= skewMsMax) return ok(name, `within ${skewMsMax / 1000} s of this machine's`);
  return failed(name, `${(skewMs / 1000).toFixed(0)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`, 'Set both clocks by NTP.');
}
