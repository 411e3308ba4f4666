import type { Standing } from './limiter.ts';

/** How the windows of a caller stand; undefined: no such limit. */
export interface Standings {
  readonly requests: Standing | undefined;
  readonly tokens: Standing | undefined;
}

/** Headers (names and values) that tell how much of the limits is left, as OpenAI's or Anthropic's clients read them. */
export function rateHeaders({ requests, tokens }: Standings, dialect: 'openai' | 'anthropic'): string[] {
  const write = dialect === 'openai' ? writeOpenai : writeAnthropic;
  return [...(requests ? write('requests', requests) : []), ...(tokens ? write('tokens', tokens) : [])];
}

function writeOpenai(what: string, { limit, remaining, resetMs }: Standing): string[] {
  return [`x-ratelimit-limit-${what}`, String(limit), `x-ratelimit-remaining-${what}`, String(remaining), `x-ratelimit-reset-${what}`, `${Math.ceil(resetMs / 1000)}s`];
}

/** The time of the reset is RFC 3339. */
function writeAnthropic(what: string, { limit, remaining, resetAtMs }: Standing): string[] {
  const reset = new Date(resetAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return [`anthropic-ratelimit-${what}-limit`, String(limit), `anthropic-ratelimit-${what}-remaining`, String(remaining), `anthropic-ratelimit-${what}-reset`, reset];
}
