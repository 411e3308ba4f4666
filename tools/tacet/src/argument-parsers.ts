import { parseUsd } from '@tacet/pricing';
import { InvalidArgumentError } from 'commander';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Counts are u32 on the wire, but for tokens. */
export const countMax = 4_294_967_295;

/** `"12.50"` → nano-USD, 0 or more. Throws commander's usage error. */
export function parseAmount(text: string): bigint {
  let nano: bigint;
  try {
    nano = parseUsd(text);
  } catch {
    throw new InvalidArgumentError('An amount is USD with at most nine places, such as 12.50.');
  }
  if (nano < 0n) throw new InvalidArgumentError('An amount is not negative.');
  return nano;
}

/** As `parseAmount`, but more than 0. */
export function parsePositiveAmount(text: string): bigint {
  const nano = parseAmount(text);
  if (nano === 0n) throw new InvalidArgumentError('An amount is more than 0.');
  return nano;
}

/** `"-1.25"` → nano-USD, less or more than 0. Throws commander's usage error. */
export function parseSignedAmount(text: string): bigint {
  return text.startsWith('-') ? -parsePositiveAmount(text.slice(1)) : parsePositiveAmount(text);
}

/** A whole number from 0 to `countMax`. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,10}$/.test(text) || count > countMax) throw new InvalidArgumentError(`A count is a whole number up to ${countMax}.`);
  return count;
}

/** `2026-01-31` (its midnight, UTC) or `2026-01-31T12:00:00Z` (RFC 3339) → UTC milliseconds. */
export function parseTime(text: string): number {
  const match = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = match ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(ms) || (text.length === 10 && new Date(ms).toISOString().slice(0, 10) !== text)) {
    throw new InvalidArgumentError('A time is a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z.');
  }
  return ms;
}

/** A time as `parseTime` reads it, or `30d`, `12h` from now. Returns what gives UTC milliseconds for a `now`. */
export function parseExpiry(text: string): (nowMs: number) => number {
  const span = /^(\d{1,5})([dh])$/.exec(text);
  if (span) {
    const ms = Number(span[1]) * (span[2] === 'd' ? dayMs : hourMs);
    return (nowMs) => nowMs + ms;
  }
  const ms = parseTime(text);
  return () => ms;
}

/** For an option that can be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
