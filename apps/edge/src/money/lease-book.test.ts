import { expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import { Lease, type LeaseKey, type LeaseTarget } from './lease.ts';
import { LeaseBook, refusalKeptMs, type LeaseAnswer } from './lease-book.ts';
import type { LeaseRefusal } from './lease-refusal.ts';
import { protocolTimes } from './protocol-times.ts';

const key: LeaseKey = { name: 'a', accountId: Buffer.alloc(16), keyId: undefined, limitDayNano: 0n, limitMonthNano: 0n, limitTotalNano: 0n };
const never = new AbortController().signal;
const times = protocolTimes(300_000);

/** A desk of billing that answers when it is told to. */
class Desk {
  now = 0;
  posted: bigint;
  granted = 0n;
  readonly asked: LeaseTarget[] = [];
  refusal: LeaseRefusal = 'insufficient_balance';
  isUp = true;
  waits = 0;
  readonly book: LeaseBook;

  constructor(posted: bigint) {
    this.posted = posted;
    this.book = new LeaseBook({
      times,
      monotonicMs: () => this.now,
      setLease: async (_key, target) => this.answer(target),
      onFenced: () => this.book.close(),
      onRefused: () => undefined,
      wait: async () => {
        this.waits++;
        await turn();
      },
    });
  }

  answer(target: LeaseTarget): LeaseAnswer {
    this.asked.push(target);
    if (!this.isUp) throw new Error('unreachable');
    const isEnough = target.targetNano <= this.posted;
    this.granted = isEnough ? target.targetNano : this.posted > this.granted ? this.posted : this.granted;
    return { version: target.version, grantedNano: this.granted, postedNano: this.posted, heldNano: this.granted, overdraftNano: 0n, refusal: isEnough ? 'none' : this.refusal };
  }

  obtain(want: bigint, minimum = want, signal = never) {
    return this.book.obtain(this.book.entryOf(key), { wantNano: want, minimumNano: minimum, isExtension: false }, signal);
  }

  settle(reserved: bigint, charge: bigint) {
    this.book.settle(this.book.entryOf(key), reserved, charge);
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what a checkpoint charged beyond the final stays reserved until the final is applied', async () => {
  const desk = new Desk(100n);
  const entry = desk.book.entryOf(key);
  await desk.obtain(100n);
  // Billing stands at a checkpoint of 90; the final of 30 (seq 2 of partition 3) is on its way.
  desk.book.settle(entry, 100n, 30n, { partition: 3, seq: 2, amountNano: 60n });
  expect(entry.lease.freeNano).toBe(10n);
  const applied = Array<number>(12).fill(9);
  applied[3] = 1;
  desk.book.noteApplied(applied);
  expect(entry.lease.freeNano).toBe(10n);
  applied[3] = 2;
  desk.book.noteApplied(applied);
  expect(entry.lease.freeNano).toBe(70n);
});

test('64 simultaneous first requests of an account share the calls to billing', async () => {
  const desk = new Desk(10n ** 9n);
  const reserved = await Promise.all(Array.from({ length: 64 }, () => desk.obtain(1_000n)));
  expect(reserved.every((amount) => amount === 1_000n)).toBe(true);
  expect(desk.asked.length).toBeLessThanOrEqual(2);
});

test('a poor account gets what there is, and the next request hears that it is in use', async () => {
  const desk = new Desk(100n);
  expect(await desk.obtain(500n, 50n)).toBe(100n);
  await expect(desk.obtain(500n, 50n)).rejects.toMatchObject({ code: 'in_flight_budget', retryAfterMs: 1_000 });
  desk.settle(100n, 100n);
  desk.now += refusalKeptMs + 1;
  await expect(desk.obtain(500n, 50n)).rejects.toMatchObject({ code: 'insufficient_balance', metadata: { limit_source: 'balance' } });
});

test('money that other edges hold is worth waiting for, and is never clamped to', async () => {
  const desk = new Desk(100n);
  desk.refusal = 'in_flight';
  await expect(desk.obtain(500n, 50n)).rejects.toMatchObject({ code: 'in_flight_budget' });
});

test('a stream that runs already takes what there is, though others hold the rest', async () => {
  const desk = new Desk(100n);
  desk.refusal = 'in_flight';
  const need = { wantNano: 500n, minimumNano: 50n, isExtension: true };
  expect(await desk.book.obtain(desk.book.entryOf(key), need, never)).toBe(100n);
});

test.each([
  ['key_limit', 'key_limit'],
  ['suspended', 'account_suspended'],
  ['unknown_account', 'account_suspended'],
] as const)('the refusal %s is told as %s', async (refusal, code) => {
  const desk = new Desk(0n);
  desk.refusal = refusal;
  await expect(desk.obtain(5n)).rejects.toMatchObject({ code });
});

test('a refusal is remembered for a moment, so that a poor account costs billing no call for each request', async () => {
  const desk = new Desk(0n);
  await expect(desk.obtain(5n)).rejects.toBeInstanceOf(TacetError);
  for (let i = 0; i < 100; i++) await expect(desk.obtain(5n)).rejects.toMatchObject({ code: 'insufficient_balance' });
  expect(desk.asked).toHaveLength(1);
  desk.now += refusalKeptMs + 1;
  desk.posted = 100n;
  expect(await desk.obtain(5n)).toBe(5n);
});

test('while billing does not answer, requests wait, leave when they must, and are served when it does', async () => {
  const desk = new Desk(100n);
  desk.isUp = false;
  const leaving = new AbortController();
  const left = desk.obtain(5n, 5n, leaving.signal);
  const staying = desk.obtain(7n);
  while (desk.waits < 3) await turn();
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'cannot_meter' });
  desk.isUp = true;
  expect(await staying).toBe(7n);
  // The call for both, tried until it was answered, and one for what that did not cover.
  expect(new Set(desk.asked.map(({ version }) => version)).size).toBeLessThanOrEqual(2);
  expect(desk.book.entryOf(key).lease.reservedNano).toBe(7n);
});

test('the grant of a call whose answer was lost comes with a heartbeat', async () => {
  const desk = new Desk(100n);
  desk.isUp = false;
  const waiting = desk.obtain(7n);
  while (desk.waits < 1) await turn();
  const [repeated] = desk.book.recentTargets();
  expect(repeated).toMatchObject({ target: { version: 1, targetNano: 7n } });
  desk.book.adopt('a', 1, 7n);
  expect(await waiting).toBe(7n);
});

test('when the epoch ends, who waits is turned away and later answers change nothing', async () => {
  const desk = new Desk(100n);
  desk.isUp = false;
  const waiting = desk.obtain(7n);
  await turn();
  desk.book.close();
  await expect(waiting).rejects.toMatchObject({ code: 'cannot_meter' });
  desk.isUp = true;
  await turn();
  await expect(desk.obtain(1n)).rejects.toMatchObject({ code: 'cannot_meter' });
  expect(desk.book.entryOf(key).lease.grantedNano).toBe(0n);
});

test('a lease that nobody drew from goes back, and one that others wait for goes back at once', async () => {
  const desk = new Desk(10n ** 12n);
  await desk.obtain(1_000n);
  await desk.obtain(1_000n);
  await turn();
  const { lease } = desk.book.entryOf(key);
  expect(lease.freeNano).toBeGreaterThan(0n);
  desk.book.sweepIdle();
  expect(lease.freeNano).toBeGreaterThan(0n);
  desk.now += times.idleLeaseMs + 1;
  desk.book.sweepIdle();
  // The local limit is down before the answer comes.
  expect(lease.freeNano).toBe(0n);
  await turn();
  expect(desk.granted).toBe(2_000n);
  await desk.obtain(1_000n);
  await turn();
  desk.book.shrink('a');
  await turn();
  expect(desk.granted).toBe(3_000n);
});

test('a rich account keeps up to an eighth of what is available ahead, a poor one nothing', async () => {
  const rich = new Desk(10n ** 12n);
  for (let i = 0; i < 5; i++) {
    rich.settle(await rich.obtain(10n ** 9n), 10n ** 9n);
    rich.now += 6_000;
    await turn();
  }
  const { lease } = rich.book.entryOf(key);
  expect(lease.freeNano).toBeGreaterThan(0n);
  expect(lease.freeNano).toBeLessThanOrEqual(10n ** 12n / 8n);
  const poor = new Desk(400_000_000n);
  for (let i = 0; i < 5; i++) poor.settle(await poor.obtain(1_000n), 1_000n);
  expect(poor.book.entryOf(key).lease.freeNano).toBe(0n);
});

test('a lease that is closed and quiet leaves the heartbeats after ten minutes', async () => {
  const desk = new Desk(100n);
  desk.settle(await desk.obtain(10n), 10n);
  expect(desk.book.recentTargets()).toHaveLength(1);
  desk.now += times.recentLeaseMs + 1;
  expect(desk.book.recentTargets()).toHaveLength(0);
});

test('giving back more than was reserved is a broken invariant', () => {
  const lease = new Lease();
  lease.ask(1, 10n);
  lease.adopt(1, 10n);
  lease.reserve(5n);
  expect(() => lease.settle(6n, 0n)).toThrow('more than was reserved');
});
