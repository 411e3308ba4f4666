/** One contract for both limiters; what only Redis can do besides. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startTestRedis, type TestServer } from '@tacet/testing';
import { freePort, startRedis } from '@tacet/servers';
import { hash, randomBytes } from 'node:crypto';
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
  ['redis', (clock, onState = () => undefined) => redisLimiter({ url: redis.address, edge: newName(), wallMs: () => clock.now, monotonicMs: () => performance.now(), onState })],
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
    const verdicts = await Promise.all(Array.from({ length: limit + 20 }, async () => limiter.take(name, limit, 1)));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(limit);
    const last = await limiter.take(name, limit, 1);
    expect(last).toMatchObject({ isAllowed: false, limit, remaining: 0, resetMs: windowMs - 5_000, resetAtMs: clock.now + windowMs - 5_000 });
    await limiter.stop();
  });

  test('counts each name for itself, and anew in each window', async () => {
    const clock = newClock();
    const limiter = await ready(make, clock);
    const [a, b] = [newName(), newName()];
    const take = async (name: string) => (await limiter.take(name, 2, 1)).isAllowed;
    expect([await take(a), await take(a), await take(a), await take(b)]).toEqual([true, true, false, true]);
    clock.now += windowMs;
    expect([await take(a), await take(a), await take(a)]).toEqual([true, true, false]);
    await limiter.stop();
  });

  test('takes a changed limit at once', async () => {
    const limiter = await ready(make, newClock());
    const name = newName();
    for (let i = 0; i < 3; i++) await limiter.take(name, 3, 1);
    expect((await limiter.take(name, 3, 1)).isAllowed).toBe(false);
    const raised = await Promise.all(Array.from({ length: 10 }, async () => limiter.take(name, 5, 1)));
    expect(raised.filter(({ isAllowed }) => isAllowed).length).toBeLessThanOrEqual(2);
    expect(raised.some(({ isAllowed }) => isAllowed)).toBe(true);
    await limiter.stop();
  });
});

describe.each(kinds)('amounts in %s', (_kind, make) => {
  test('an amount passes as a whole or not at all, and never more than the limit together', async () => {
    const limiter = await ready(make, newClock());
    const name = newName();
    const amounts = Array.from({ length: 40 }, (_, i) => 100 + 37 * (i % 9));
    const verdicts = await Promise.all(amounts.map(async (amount) => limiter.take(name, 5_000, amount)));
    const passed = amounts.filter((_, i) => verdicts[i]!.isAllowed).reduce((sum, amount) => sum + amount, 0);
    expect(passed).toBeLessThanOrEqual(5_000);
    expect(passed).toBeGreaterThanOrEqual(5_000 - Math.max(...amounts));
    expect((await limiter.take(newName(), 500, 500)).isAllowed).toBe(true);
    await limiter.stop();
  });

  test('what turned out to be less can be used again; what turned out to be more is owed', async () => {
    const clock = newClock();
    const limiter = await ready(make, clock);
    const name = newName();
    const first = await limiter.take(name, 1_000, 900);
    expect([first.isAllowed, (await limiter.take(name, 1_000, 200)).isAllowed]).toEqual([true, false]);
    limiter.settle(name, -800, first.resetAtMs);
    expect(limiter.standing(name, 1_000)).toMatchObject({ remaining: 900, resetMs: windowMs - 5_000 });
    const second = await limiter.take(name, 1_000, 200);
    expect(second.isAllowed).toBe(true);
    limiter.settle(name, 5_000, second.resetAtMs);
    expect(limiter.standing(name, 1_000).remaining).toBe(0);
    expect((await limiter.take(name, 1_000, 1)).isAllowed).toBe(false);
    clock.now += windowMs;
    // Less of the window before is nothing to this one; more of it is.
    expect((await limiter.take(name, 1_000, 600)).isAllowed).toBe(true);
    limiter.settle(name, -100, second.resetAtMs);
    expect(limiter.standing(name, 1_000).remaining).toBe(400);
    limiter.settle(name, 100, second.resetAtMs);
    expect(limiter.standing(name, 1_000).remaining).toBe(300);
    await limiter.stop();
  });

  test('asking how a window stands takes nothing', async () => {
    const limiter = await ready(make, newClock());
    const name = newName();
    for (let i = 0; i < 10; i++) expect(limiter.standing(name, 2)).toMatchObject({ limit: 2, remaining: 2 });
    expect([(await limiter.take(name, 2, 1)).remaining, (await limiter.take(name, 2, 1)).remaining]).toEqual([1, 0]);
    await limiter.stop();
  });
});

describe.each(kinds)('what runs at once in %s', (_kind, make) => {
  test.each([1, 2, 9, 100])('%d may, and one more when one has left', async (limit) => {
    const limiter = await ready(make, newClock());
    const name = newName();
    const enter = async () => limiter.enter(name, limit);
    const entered = await Promise.all(Array.from({ length: limit + 20 }, enter));
    expect(entered.filter(Boolean)).toHaveLength(limit);
    limiter.leave(name);
    await eventually('one more may', enter);
    expect(await enter()).toBe(false);
    for (let i = 0; i < limit; i++) limiter.leave(name);
    await eventually('all may again', async () => (await Promise.all(Array.from({ length: limit }, enter))).every(Boolean));
    await limiter.stop();
  });

  test('entered and left ten thousand times, nothing is left behind', async () => {
    const limiter = await ready(make, newClock());
    const name = newName();
    await limiter.enter(name, 50);
    limiter.leave(name);
    await Promise.all(Array.from({ length: 10 }, async () => {
      for (let i = 0; i < 1_000; i++) if (await limiter.enter(name, 50)) limiter.leave(name);
    }));
    await eventually('all fifty may', async () => {
      const entered = (await Promise.all(Array.from({ length: 50 }, async () => limiter.enter(name, 50)))).filter(Boolean).length;
      if (entered === 50) return true;
      for (let i = 0; i < entered; i++) limiter.leave(name);
      return false;
    });
    expect(await limiter.enter(name, 50)).toBe(false);
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
    const verdicts = await Promise.all(limiters.flatMap((limiter) => Array.from({ length: 2 }, async () => limiter.take(name, 100, 1))));
    allowed += verdicts.filter(({ isAllowed }) => isAllowed).length;
  }
  expect(allowed).toBeLessThanOrEqual(100);
  expect(allowed).toBeGreaterThanOrEqual(85);
  for (const limiter of limiters) await limiter.stop();
});

test('a slice in hand needs no round trip', async () => {
  const limiter = await ready(makeRedis, newClock());
  const name = newName();
  await limiter.take(name, 800, 1);
  const verdicts = Array.from({ length: 50 }, () => limiter.take(name, 800, 1));
  expect(verdicts.some((verdict) => verdict instanceof Promise)).toBe(false);
  await limiter.stop();
});

test('Redis sees no name, and forgets within two windows', async () => {
  const limiter = await ready(makeRedis, newClock());
  const name = newName();
  await limiter.take(name, 10, 1);
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
  const options = { url: server.url, wallMs: () => clock.now, monotonicMs: () => performance.now() };
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
    await first.take(newName(), 1, 1);
    return states.at(-1) === 'lost';
  });
  const verdicts = await Promise.all(Array.from({ length: 40 }, async () => first.take(name, 20, 1)));
  expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(10);
  const entered = await Promise.all(Array.from({ length: 40 }, async () => first.enter(name, 20)));
  expect(entered.filter(Boolean)).toHaveLength(10);
  const again = await startRedis(folder, port);
  await eventually('it is found again', () => states.at(-1) === 'found');
  clock.now += windowMs;
  expect((await first.take(name, 20, 1)).isAllowed).toBe(true);
  await first.stop();
  await second.stop();
  await again.stop();
}, 60_000);

test('edges never run more together than the limit, one that ends gives its permits back, and one that dies loses them', async () => {
  const [a, b] = await Promise.all([ready(makeRedis, newClock()), ready(makeRedis, newClock())]);
  const name = newName();
  const enter = (limiter: Limiter) => Promise.all(Array.from({ length: 8 }, async () => limiter.enter(name, 10)));
  const entered = await Promise.all([enter(a), enter(b)]);
  expect(entered.flat().filter(Boolean)).toHaveLength(10);
  const [ofA] = entered.map((one) => one.filter(Boolean).length);
  await a.stop();
  let more = 0;
  await eventually('the other may have all of them', async () => {
    if (await b.enter(name, 10)) more++;
    return more === ofA;
  });
  expect(await b.enter(name, 10)).toBe(false);
  const client = new Redis(redis.address);
  const keys = await client.keys('tacet:run:*');
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.join()).not.toContain(name);
  for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  // An edge that died some time ago: its permits are nobody's.
  const [key] = keys.filter((one) => one.endsWith(hash('sha256', name, 'hex').slice(0, 32)));
  for (let i = 0; i < 10; i++) b.leave(name);
  await eventually('all permits went back', async () => (await client.hlen(key!)) === 0);
  await client.hset(key!, 'dead', '10:1');
  await eventually('the dead edge’s permits are free', async () => (await enter(b)).every(Boolean));
  expect(await client.hget(key!, 'dead')).toBeNull();
  client.disconnect();
  await b.stop();
});

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
