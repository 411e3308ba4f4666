import type { Standing } from './limiter.ts';

/** How the windows of a caller stand; undefined: no such limit. */
export interface Standings {
  readonly requests: Standing | undefined;
  readonly tokens: Standing | undefined;
}

/** Adds headers (names and values) that tell how much of the limits is left, as OpenAI's or Anthropic's clients read them. */
export function addRateHeaders(headers: string[], { requests, tokens }: Standings, dialect: 'openai' | 'anthropic'): void {
  const write = dialect === 'openai' ? writeOpenai : writeAnthropic;
  if (requests) write(headers, 'requests', requests);
  if (tokens) write(headers, 'tokens', tokens);
}

function writeOpenai(headers: string[], what: string, { limit, remaining, resetMs }: Standing): void {
  headers.push(`x-ratelimit-limit-${what}`, String(limit), `x-ratelimit-remaining-${what}`, String(remaining), `x-ratelimit-reset-${what}`, `${Math.ceil(resetMs / 1000)}s`);
}

let timeAtMs = NaN;
let time = '';

/** The time of the reset is RFC 3339. */
function writeAnthropic(headers: string[], what: string, { limit, remaining, resetAtMs }: Standing): void {
  // Windows end with the minutes, all at the same moment.
  if (resetAtMs !== timeAtMs) {
    timeAtMs = resetAtMs;
    time = new Date(resetAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
  }
  headers.push(`anthropic-ratelimit-${what}-limit`, String(limit), `anthropic-ratelimit-${what}-remaining`, String(remaining), `anthropic-ratelimit-${what}-reset`, time);
}
