/** The session's rules by themselves, with clocks that can be moved and a ledger that answers when it is told to. */
import { afterEach, expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import { eventually } from '@tacet/testing';
import { Catalogue } from './catalogue.ts';
import { EdgeSession, SpoolRestoredError, type SessionListener } from './edge-session.ts';
import type { Ledger } from './ledger-messages.ts';
import type { Moment } from './session-age.ts';
import { ageMs } from './session-age.ts';

const sessionMs = 6_000;
type Heartbeat = Awaited<ReturnType<Ledger['Heartbeat']>>;
type HeartbeatRequest = Parameters<Ledger['Heartbeat']>[0];

class Bench {
  now: Moment = { monotonicMs: 1_000, wallMs: 2_000_000, bootMs: 500_000 };
  last = Array<number>(12).fill(5);
  applied = 0;
  isUp = true;
  openAnswers: ('fenced' | 'down')[] = [];
  heartbeatAnswers: ('fenced' | 'down' | 'held')[] = [];
  extra: Partial<Heartbeat> = {};
  readonly held: (() => void)[] = [];
  readonly beats: HeartbeatRequest[] = [];
  readonly news: string[] = [];
  readonly identity = { edgeId: Buffer.alloc(16, 1), epoch: 1, raiseEpoch: () => ++this.identity.epoch };
  readonly session: EdgeSession;

  constructor() {
    const listener: SessionListener = {
      onApplied: (applied) => this.news.push(`applied ${applied[0]}`),
      onNoLog: () => undefined,
      onEpoch: (epoch, base) => this.news.push(`epoch ${epoch} behind ${base[0]}`),
      onCut: (why) => this.news.push(`cut ${why}`),
      onSuspended: (ids) => this.news.push(`suspended ${ids.length}`),
      onSkew: (state) => this.news.push(`skew ${state}`),
      onOpenFailed: () => this.news.push('open failed'),
      onRefused: () => undefined,
    };
    const ledger = { OpenEdgeSession: () => this.#open(), Heartbeat: (request: HeartbeatRequest) => this.#beat(request) } as unknown as Ledger;
    this.session = new EdgeSession({ ledger, identity: this.identity, lastSeqs: () => this.last, now: () => this.now, monotonicMs: () => this.now.monotonicMs, catalogue: new Catalogue(), listener });
  }

  pass(ms: number, clocks: readonly (keyof Moment)[] = ['monotonicMs', 'wallMs', 'bootMs']): void {
    const next = { ...this.now };
    for (const clock of clocks) next[clock] += ms;
    this.now = next;
  }

  async #open() {
    const answer = this.openAnswers.shift();
    if (answer === 'fenced') throw new TacetError('fenced');
    if (answer === 'down' || !this.isUp) throw new Error('no answer');
    return {
      applied: [{ partition: 0, seq: String(this.applied) }], sessionMs, databaseTimeMs: String(this.now.wallMs), models: [], prices: [], catalogRevision: '0',
      suspendedAccounts: [Buffer.alloc(16, 0xee)], stateRevision: '3', foldedEpochs: [], nologVersions: [],
    };
  }

  async #beat(request: HeartbeatRequest): Promise<Heartbeat> {
    this.beats.push(request);
    const answer = this.heartbeatAnswers.shift();
    if (answer === 'fenced') throw new TacetError('fenced');
    if (answer === 'down' || !this.isUp) throw new Error('no answer');
    if (answer === 'held') await new Promise<void>((resolve) => this.held.push(resolve));
    return {
      number: String(request.number), applied: [{ partition: 0, seq: String(this.applied) }], leases: [], shrink: [], nologVersions: [], foldedEpochs: [],
      models: [], prices: [], catalogRevision: '0', accountStates: [], stateRevision: '3', databaseTimeMs: String(this.now.wallMs), accountStatesComplete: false, ...this.extra,
    };
  }
}

const benches: Bench[] = [];
const open = async (prepare?: (bench: Bench) => void) => {
  const bench = new Bench();
  benches.push(bench);
  prepare?.(bench);
  await bench.session.open();
  return bench;
};
afterEach(() => {
  for (const { session } of benches.splice(0)) session.stop();
});
const beaten = (bench: Bench, count: number) => eventually(`${count} heartbeats`, () => bench.beats.length >= count);

test('age is the largest of three clocks, and a wall clock that was set back counts for nothing', () => {
  const then = { monotonicMs: 0, wallMs: 100, bootMs: 0 };
  expect(ageMs(then, { monotonicMs: 5, wallMs: 103, bootMs: 4 })).toBe(5);
  expect(ageMs(then, { monotonicMs: 5, wallMs: 100 + 86_400_000, bootMs: 4 })).toBe(86_400_000);
  expect(ageMs(then, { monotonicMs: 5, wallMs: -86_400_000, bootMs: 9 })).toBe(9);
});

test.each<[what: string, clocks: (keyof Moment)[]]>([
  ['the process was stopped', ['monotonicMs', 'wallMs', 'bootMs']],
  ['the machine slept', ['wallMs', 'bootMs']],
  ['the machine slept and its wall clock was set back', ['bootMs']],
  ['the virtual machine was frozen and its wall clock then set right', ['wallMs']],
])('when %s, nothing is admitted at 80 %% of the lifetime, and all is cut at 95 %%', async (_what, clocks) => {
  const bench = await open((made) => (made.isUp = true));
  bench.isUp = false;
  expect([bench.session.mayAdmit, bench.session.mayForward()]).toEqual([true, true]);
  bench.pass(sessionMs * 0.8, clocks);
  await new Promise((resolve) => setImmediate(resolve));
  expect([bench.session.mayAdmit, bench.session.mayForward()]).toEqual([false, true]);
  bench.pass(sessionMs * 0.15, clocks);
  await new Promise((resolve) => setImmediate(resolve));
  expect(bench.session.mayForward()).toBe(false);
  expect(bench.news.filter((line) => line.startsWith('cut'))).toEqual(['cut session_expired']);
  // Whoever asks again is told the same, and nothing is cut twice.
  expect(bench.session.mayForward()).toBe(false);
  expect(bench.news.filter((line) => line.startsWith('cut'))).toHaveLength(1);
});

test('a process that is stopped in the middle of a tick forwards nothing more in it', async () => {
  const bench = await open((made) => (made.isUp = true));
  bench.isUp = false;
  expect(bench.session.mayForward()).toBe(true);
  bench.pass(sessionMs, ['monotonicMs', 'wallMs', 'bootMs']);
  expect(bench.session.mayForward()).toBe(false);
});

test('age counts from the sending of a heartbeat, not from its answer', async () => {
  const bench = await open((made) => (made.heartbeatAnswers = ['held']));
  await beaten(bench, 1);
  bench.pass(sessionMs * 0.9);
  bench.heartbeatAnswers = Array<'down'>(100).fill('down');
  bench.held[0]!();
  await eventually('the answer was taken', () => bench.beats.length >= 2);
  expect(bench.session.mayAdmit).toBe(false);
  bench.heartbeatAnswers = [];
  await eventually('a fresh one counts', () => bench.session.mayAdmit);
});

test('heartbeats carry their number, the base of the epoch and what the edge knows; answers are told in order', async () => {
  const bench = await open((made) => (made.applied = 4));
  bench.last[0] = 9;
  await beaten(bench, 3);
  expect(bench.beats.map(({ number }) => number).slice(0, 3)).toEqual([1, 2, 3]);
  expect(bench.beats[0]).toMatchObject({ epoch: 1, stateRevision: '3', base: expect.arrayContaining([{ partition: 0, seq: 5 }]) });
  expect(bench.news.slice(0, 3)).toEqual(['skew well', 'epoch 1 behind 5', 'applied 4']);
});

test('a fenced epoch ends: cut, then the next one, without ending the process', async () => {
  const bench = await open((made) => (made.heartbeatAnswers = ['fenced']));
  const { book } = bench.session;
  bench.last[0] = 8;
  await eventually('a new epoch has begun', () => bench.news.includes('epoch 2 behind 8'));
  expect(bench.news.filter((line) => line.startsWith('cut'))).toEqual(['cut fenced']);
  expect(bench.session.book).not.toBe(book);
  expect(bench.session.mayAdmit).toBe(true);
});

test('a late answer of an ended epoch changes nothing', async () => {
  const bench = await open((made) => (made.heartbeatAnswers = ['held']));
  await beaten(bench, 1);
  bench.extra = { accountStates: [{ accountId: Buffer.alloc(16, 5), suspended: true }] };
  bench.identity.raiseEpoch();
  bench.held[0]!();
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(bench.session.isSuspended(Buffer.alloc(16, 5))).toBe(false);
});

test('opening is tried until it is answered, with a higher epoch where the last one was taken', async () => {
  const bench = await open((made) => (made.openAnswers = ['down', 'fenced', 'fenced']));
  expect(bench.news.filter((line) => line === 'open failed')).toHaveLength(3);
  expect(bench.news).toContain('epoch 3 behind 5');
});

test('a spool that is older than what billing has of it is not used', async () => {
  await expect(open((made) => (made.applied = 6))).rejects.toBeInstanceOf(SpoolRestoredError);
});

test('who may not spend is known from the opening, by changes, and anew when billing says that the list is whole', async () => {
  const bench = await open();
  const [first, second] = [Buffer.alloc(16, 0xee), Buffer.alloc(16, 0xdd)];
  expect([bench.session.isSuspended(first), bench.session.isSuspended(second)]).toEqual([true, false]);
  bench.extra = { accountStates: [{ accountId: second, suspended: true }] };
  await eventually('the change is known', () => bench.session.isSuspended(second));
  expect(bench.news).toContain('suspended 1');
  expect(bench.session.isSuspended(first)).toBe(true);
  bench.extra = { accountStates: [{ accountId: second, suspended: true }], accountStatesComplete: true };
  await eventually('the list is whole', () => !bench.session.isSuspended(first));
  // Known already: it is not told twice.
  expect(bench.news.filter((line) => line.startsWith('suspended'))).toHaveLength(1);
});

test('a clock that differs from the database’s is told, and from a minute on the edge is unfit', async () => {
  const bench = await open();
  bench.extra = { databaseTimeMs: String(bench.now.wallMs + 10_000) };
  await eventually('it is told', () => bench.news.includes('skew told'));
  bench.extra = { databaseTimeMs: String(bench.now.wallMs - 100_000) };
  await eventually('it is unfit', () => bench.news.includes('skew unfit'));
});
