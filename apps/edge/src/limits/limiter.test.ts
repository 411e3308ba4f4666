/** One contract for both limiters; what only Redis can do besides. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startTestRedis, type TestServer } from '@tacet/testing';
import { freePort, startRedis } from '@tacet/servers';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Abandonment, abandonedMax } from './abandonment.ts';
import { windowMs, type Limiter } from './limiter.ts';
import { memoryLimiter } from './memory-limiter.ts';
import { redisLimiter } from './redis-limiter.ts';

let redis: TestServer;
beforeAll(async () => {
  redis = await startTestRedis();
}, 60_000);
afterAll(() => redis.stop());

/** Windows far from now, so that runs on a shared server do not meet. */
const newClock = () => ({ now: windowMs * (1_000_000 + (randomBytes(4).readUInt32BE() % 1_000_000)) + 5_000 });
const newName = () => randomBytes(8).toString('hex');

const kinds: readonly [string, (clock: { now: number }, onState?: (state: 'lost' | 'found') => void) => Limiter][] = [
  ['memory', (clock) => memoryLimiter(() => clock.now)],
  ['redis', (clock, onState = () => undefined) => redisLimiter({ url: redis.address, edge: newName(), wallMs: () => clock.now, onState })],
];

/** Redis needs a moment to be connected; until then each edge allows its share alone. */
async function ready(make: (typeof kinds)[number][1], clock: { now: number }): Promise<Limiter> {
  const states: string[] = [];
  const limiter = make(clock, (state) => states.push(state));
  if (make === kinds[1]![1]) await eventually('Redis is found', () => states.at(-1) === 'found');
  return limiter;
}

describe.each(kinds)('a limiter in %s', (_kind, make) => {
  test.each([1, 2, 7, 60, 1_000])('lets %d requests of a window pass, and not one more', async (limit) => {
    const clock = newClock();
    const limiter = await ready(make, clock);
    const name = newName();
    const verdicts = await Promise.all(Array.from({ length: limit + 20 }, async () => limiter.take(name, limit)));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(limit);
    const last = await limiter.take(name, limit);
    expect(last).toMatchObject({ isAllowed: false, limit, remaining: 0, resetMs: windowMs - 5_000 });
    await limiter.stop();
  });

  test('counts each name for itself, and anew in each window', async () => {
    const clock = newClock();
    const limiter = await ready(make, clock);
    const [a, b] = [newName(), newName()];
    const take = async (name: string) => (await limiter.take(name, 2)).isAllowed;
    expect([await take(a), await take(a), await take(a), await take(b)]).toEqual([true, true, false, true]);
    clock.now += windowMs;
    expect([await take(a), await take(a), await take(a)]).toEqual([true, true, false]);
    await limiter.stop();
  });

  test('takes a changed limit at once', async () => {
    const limiter = await ready(make, newClock());
    const name = newName();
    for (let i = 0; i < 3; i++) await limiter.take(name, 3);
    expect((await limiter.take(name, 3)).isAllowed).toBe(false);
    const raised = await Promise.all(Array.from({ length: 10 }, async () => limiter.take(name, 5)));
    expect(raised.filter(({ isAllowed }) => isAllowed).length).toBeLessThanOrEqual(2);
    expect(raised.some(({ isAllowed }) => isAllowed)).toBe(true);
    await limiter.stop();
  });
});

const [, [, makeRedis]] = kinds as [unknown, (typeof kinds)[number]];

test('edges that share a limit never let more pass together, and most of it', async () => {
  const clock = newClock();
  const limiters = await Promise.all([ready(makeRedis, clock), ready(makeRedis, clock), ready(makeRedis, clock)]);
  const name = newName();
  let allowed = 0;
  for (let i = 0; i < 40; i++) {
    const verdicts = await Promise.all(limiters.flatMap((limiter) => Array.from({ length: 2 }, async () => limiter.take(name, 100))));
    allowed += verdicts.filter(({ isAllowed }) => isAllowed).length;
  }
  expect(allowed).toBeLessThanOrEqual(100);
  expect(allowed).toBeGreaterThanOrEqual(85);
  for (const limiter of limiters) await limiter.stop();
});

test('a slice in hand needs no round trip', async () => {
  const limiter = await ready(makeRedis, newClock());
  const name = newName();
  await limiter.take(name, 800);
  const verdicts = Array.from({ length: 50 }, () => limiter.take(name, 800));
  expect(verdicts.some((verdict) => verdict instanceof Promise)).toBe(false);
  await limiter.stop();
});

test('Redis sees no name, and forgets within two windows', async () => {
  const limiter = await ready(makeRedis, newClock());
  const name = newName();
  await limiter.take(name, 10);
  const client = new Redis(redis.address);
  const keys = await client.keys('tacet:rate:*');
  expect(keys.some((key) => key.includes(name))).toBe(false);
  for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  client.disconnect();
  await limiter.stop();
});

test('without Redis each edge allows its share and says so; when Redis is back the limit is shared again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-limiter-'));
  const port = await freePort();
  const server = await startRedis(folder, port);
  const clock = newClock();
  const states: string[] = [];
  const options = { url: server.url, wallMs: () => clock.now };
  const second = redisLimiter({ ...options, edge: 'two', onState: () => undefined });
  const client = new Redis(server.url);
  await eventually('the second is there', async () => (await client.zcard('tacet:edges')) === 1);
  client.disconnect();
  // An edge hears how many share the limit when it says that it is there itself.
  const first = redisLimiter({ ...options, edge: 'one', onState: (state) => states.push(state) });
  await eventually('Redis is found', () => states.at(-1) === 'found');
  await server.stop();
  const name = newName();
  await eventually('it knows', async () => {
    await first.take(newName(), 1);
    return states.at(-1) === 'lost';
  });
  const verdicts = await Promise.all(Array.from({ length: 40 }, async () => first.take(name, 20)));
  expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(10);
  const again = await startRedis(folder, port);
  await eventually('it is found again', () => states.at(-1) === 'found');
  clock.now += windowMs;
  expect((await first.take(name, 20)).isAllowed).toBe(true);
  await first.stop();
  await second.stop();
  await again.stop();
}, 60_000);

test('only who gives up often has to wait, and only for the minute', () => {
  const clock = newClock();
  const abandonment = new Abandonment(() => clock.now);
  for (let i = 0; i < abandonedMax; i++) {
    expect(abandonment.waitMs('a')).toBe(0);
    abandonment.note('a');
  }
  expect(abandonment.waitMs('a')).toBe(windowMs - 5_000);
  expect(abandonment.waitMs('b')).toBe(0);
  clock.now += windowMs;
  expect(abandonment.waitMs('a')).toBe(0);
});
