import { expect, test } from '@jest/globals';
import type { Caller, Claim } from '../keys/caller.ts';
import { windowMs, type Limiter } from './limiter.ts';
import { memoryLimiter } from './memory-limiter.ts';
import { passLimits, RateLimitedError, type Passage } from './rate-gate.ts';
import { addRateHeaders, type Standings } from './rate-headers.ts';

function rateHeaders(standings: Standings, dialect: 'openai' | 'anthropic'): string[] {
  const headers: string[] = [];
  addRateHeaders(headers, standings, dialect);
  return headers;
}

const claim = (kind: Claim['kind'], scope: Claim['scope'], limit: number): Claim => ({ kind, scope, limit, name: `${kind} ${scope} x` });
const callerWith = (...claims: Claim[]) => ({ claims }) as unknown as Caller;
const startMs = Date.UTC(2026, 0, 31, 12, 0, 20);

/** Passes and expects that no promise was in the way. */
function pass(limiter: Limiter, caller: Caller, tokens = 10): Passage {
  const passage = passLimits(limiter, caller, tokens);
  if (passage === undefined || passage instanceof Promise) throw new Error('not in memory');
  return passage;
}

function refusal(limiter: Limiter, caller: Caller, tokens = 10): RateLimitedError {
  try {
    pass(limiter, caller, tokens);
  } catch (error) {
    if (error instanceof RateLimitedError) return error;
  }
  throw new Error('it passed');
}

test('a caller without limits costs nothing', () => {
  expect(passLimits(memoryLimiter(() => startMs), callerWith(), 10)).toBeUndefined();
});

test('every limit holds, the key’s and the account’s, and the error says which', () => {
  for (const kind of ['requests', 'concurrent', 'tokens'] as const) {
    for (const scope of ['key', 'account'] as const) {
      const limiter = memoryLimiter(() => startMs);
      const caller = callerWith(claim(kind, scope, kind === 'tokens' ? 25 : 2));
      pass(limiter, caller);
      pass(limiter, caller);
      expect(refusal(limiter, caller)).toMatchObject({ code: 'rate_limited', metadata: { limit_source: `${scope}_${kind}` }, retryAfterMs: kind === 'concurrent' ? 1_000 : 40_000 });
    }
  }
});

test('what a refused request took from other limits is given back, but for the request itself', () => {
  const limiter = memoryLimiter(() => startMs);
  const [concurrent, requests, tokens] = [claim('concurrent', 'key', 1), claim('requests', 'key', 5), claim('tokens', 'account', 15)];
  const caller = callerWith(concurrent, requests, tokens);
  pass(limiter, caller).finish(10);
  for (let i = 0; i < 3; i++) expect(refusal(limiter, caller).metadata).toMatchObject({ limit_source: 'account_tokens' });
  expect([limiter.standing(requests.name, 5).remaining, limiter.standing(tokens.name, 15).remaining]).toEqual([1, 5]);
  // Nothing runs: the place is free.
  expect(limiter.enter(concurrent.name, 1)).toBe(true);
});

test('tokens are corrected at the end, once, and a request larger than the limit passes when nothing was used yet', () => {
  const limiter = memoryLimiter(() => startMs);
  const tokens = claim('tokens', 'key', 1_000);
  const passage = pass(limiter, callerWith(tokens), 4_000);
  expect(passage.tokens).toMatchObject({ limit: 1_000, remaining: 0 });
  passage.finish(300);
  passage.finish(300);
  expect(limiter.standing(tokens.name, 1_000).remaining).toBe(700);
  pass(limiter, callerWith(tokens), 100).finish(900);
  expect(limiter.standing(tokens.name, 1_000).remaining).toBe(0);
});

test('headers tell the tighter of two windows, in the form of each API, true to the second of when they are sent', () => {
  let now = startMs;
  const limiter = memoryLimiter(() => now);
  const passage = pass(limiter, callerWith(claim('requests', 'key', 100), claim('requests', 'account', 10), claim('tokens', 'account', 5_000)), 1_000);
  now += 12_500;
  expect(rateHeaders(passage, 'openai')).toEqual([
    'x-ratelimit-limit-requests', '10', 'x-ratelimit-remaining-requests', '9', 'x-ratelimit-reset-requests', '28s',
    'x-ratelimit-limit-tokens', '5000', 'x-ratelimit-remaining-tokens', '4000', 'x-ratelimit-reset-tokens', '28s',
  ]);
  expect(rateHeaders(passage, 'anthropic')).toEqual([
    'anthropic-ratelimit-requests-limit', '10', 'anthropic-ratelimit-requests-remaining', '9', 'anthropic-ratelimit-requests-reset', '2026-01-31T12:01:00Z',
    'anthropic-ratelimit-tokens-limit', '5000', 'anthropic-ratelimit-tokens-remaining', '4000', 'anthropic-ratelimit-tokens-reset', '2026-01-31T12:01:00Z',
  ]);
  now += windowMs;
  // A long answer: what it took belongs to a window that is over.
  expect(rateHeaders(passage, 'openai').slice(2, 4)).toEqual(['x-ratelimit-remaining-requests', '10']);
});

test('a limiter that has to draw first is waited for, and what it refuses is refused', async () => {
  const memory = memoryLimiter(() => startMs);
  const slow: Limiter = { ...memory, take: async (...of) => memory.take(...of), settle: (...of) => memory.settle(...of), standing: (...of) => memory.standing(...of), enter: async (...of) => memory.enter(...of), leave: (name) => memory.leave(name), stop: () => memory.stop() };
  const caller = callerWith(claim('concurrent', 'key', 1), claim('requests', 'key', 3));
  const passage = await passLimits(slow, caller, 1);
  await expect(passLimits(slow, caller, 1)).rejects.toMatchObject({ metadata: { limit_source: 'key_concurrent' } });
  passage?.finish(1);
  (await passLimits(slow, caller, 1))?.finish(1);
  (await passLimits(slow, caller, 1))?.finish(1);
  await expect(passLimits(slow, caller, 1)).rejects.toMatchObject({ metadata: { limit_source: 'key_requests' } });
  expect(memory.enter('concurrent key x', 1)).toBe(true);
});
