/**
 * Goal: two edges can never spend the same money, whatever happens to their calls. Method: the real lease books
 * of two edges against a small model of billing (one account), over a network that loses, doubles, delays and
 * reorders calls and answers; records are applied late. Without a failover of the database nothing may ever be
 * charged late, the account may never go below zero, and no edge may believe to have more than billing holds.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LeaseKey, LeaseTarget } from './lease.ts';
import { LeaseBook, type LeaseAnswer } from './lease-book.ts';
import type { LeaseEntry } from './lease-entry.ts';
import { protocolTimes } from './protocol-times.ts';

const key: LeaseKey = { name: 'a', accountId: Buffer.alloc(16), keyId: undefined, limitDayNano: 0n, limitMonthNano: 0n, limitTotalNano: 0n };

interface Row {
  granted: bigint;
  spent: bigint;
  version: number;
}

/** Billing: one account, a lease row for each edge. */
class Billing {
  posted: bigint;
  late = 0n;
  readonly rows: Row[] = [0, 1].map(() => ({ granted: 0n, spent: 0n, version: 0 }));
  readonly applied = [0, 0];
  readonly register = new Map<string, bigint>();

  constructor(posted: bigint) {
    this.posted = posted;
  }

  get held(): bigint {
    return this.rows.reduce((sum, row) => sum + holdOf(row), 0n);
  }

  setLease(edge: number, { version, targetNano }: LeaseTarget): LeaseAnswer {
    const row = this.rows[edge]!;
    let refusal: LeaseAnswer['refusal'] = 'none';
    if (version > row.version) {
      let target = targetNano;
      if (target > row.granted) {
        const free = this.posted - this.held;
        const floor = row.spent < target ? row.spent : target;
        const most = (row.granted > floor ? row.granted : floor) + (free > 0n ? free : 0n);
        if (target > most) {
          refusal = 'insufficient_balance';
          target = most > row.granted ? most : row.granted;
        }
      }
      row.granted = target;
      row.version = version;
    }
    return { version: row.version, grantedNano: row.granted, postedNano: this.posted, heldNano: this.held, overdraftNano: 0n, refusal };
  }

  /** The register keeps the newest charge; what moves is the difference. */
  apply(edge: number, seq: number, request: string, charge: bigint): void {
    if (seq !== this.applied[edge]! + 1) return;
    this.applied[edge] = seq;
    this.accrue(edge, charge - (this.register.get(request) ?? 0n));
    this.register.set(request, charge);
  }

  accrue(edge: number, delta: bigint): void {
    const row = this.rows[edge]!;
    const before = holdOf(row);
    row.spent += delta;
    const bare = delta + (holdOf(row) - before);
    const available = this.posted - this.held + (holdOf(row) - before);
    if (bare > 0n && bare > available) this.late += bare - available;
    this.posted -= delta;
  }
}

const holdOf = ({ granted, spent }: Row) => (granted > spent ? granted - spent : 0n);

interface Running {
  readonly id: string;
  readonly reserved: bigint;
  readonly noLog: boolean;
  peak: bigint;
}

class Edge {
  readonly book: LeaseBook;
  readonly entry: LeaseEntry;
  readonly running: Running[] = [];
  readonly outbox: { readonly request: string; readonly charge: bigint }[] = [];
  /** Charges of no-log requests: they travel another way than the outbox, so in no order with it. */
  readonly noLog: bigint[] = [];
  waiting = 0;
  refused = 0;

  constructor(world: World, index: number) {
    this.book = new LeaseBook({
      times: protocolTimes(300_000),
      monotonicMs: () => world.now,
      setLease: (_key, target) =>
        new Promise((resolve, reject) => {
          const answer = () => {
            const answered = world.billing.setLease(index, target);
            world.network.push({ deliver: () => resolve(answered), lose: () => reject(new Error('lost')) });
          };
          world.network.push({ deliver: answer, lose: () => reject(new Error('lost')) });
        }),
      onFenced: () => undefined,
      onRefused: () => this.refused++,
      wait: () => new Promise((resolve) => setImmediate(resolve)),
    });
    this.entry = this.book.entryOf(key);
  }
}

interface Message {
  readonly deliver: () => void;
  readonly lose: () => void;
}

class World {
  now = 0;
  readonly network: Message[] = [];
  readonly billing: Billing;
  readonly edges: readonly Edge[];
  #requests = 0;
  readonly #abort = new AbortController();

  constructor(posted: bigint) {
    this.billing = new Billing(posted);
    this.edges = [new Edge(this, 0), new Edge(this, 1)];
  }

  request(edge: Edge, want: bigint, noLog: boolean): void {
    const id = String(++this.#requests);
    edge.waiting++;
    const admit = async () => {
      const reserved = await edge.book.obtain(edge.entry, { wantNano: want, minimumNano: 1n + want / 4n, isExtension: noLog }, this.#abort.signal);
      edge.running.push({ id, reserved, noLog, peak: 0n });
    };
    // A refusal is as good as an end.
    void admit().catch(() => undefined).finally(() => edge.waiting--);
  }

  checkpoint(edge: Edge, pick: number, share: bigint): void {
    const running = edge.running[pick % edge.running.length];
    if (!running || running.noLog) return;
    const charge = (running.reserved * share) / 10n;
    edge.outbox.push({ request: running.id, charge });
    if (charge > running.peak) running.peak = charge;
  }

  finish(edge: Edge, pick: number, share: bigint): void {
    const [running] = edge.running.splice(pick % (edge.running.length || 1), 1);
    if (!running) return;
    const charge = (running.reserved * share) / 10n;
    if (running.noLog) {
      edge.noLog.push(charge);
      return edge.book.settle(edge.entry, running.reserved, charge);
    }
    edge.outbox.push({ request: running.id, charge });
    const peak = running.peak > charge ? { partition: 0, seq: edge.outbox.length, amountNano: running.peak - charge } : undefined;
    edge.book.settle(edge.entry, running.reserved, charge, peak);
  }

  apply(index: number, count: number): void {
    const { outbox } = this.edges[index]!;
    for (let i = 0; i < count; i++) {
      const seq = this.billing.applied[index]! + 1;
      const record = outbox[seq - 1];
      if (record) this.billing.apply(index, seq, record.request, record.charge);
    }
  }

  applyNoLog(index: number): void {
    for (const charge of this.edges[index]!.noLog.splice(0)) this.billing.accrue(index, charge);
  }

  heartbeat(index: number): void {
    const edge = this.edges[index]!;
    const targets = edge.book.recentTargets();
    const ask = () => {
      const grants = targets.map(({ target }) => this.billing.setLease(index, target));
      const applied = [this.billing.applied[index]!, ...Array<number>(11).fill(0)];
      const take = () => {
        for (const { version, grantedNano } of grants) edge.book.adopt(key.name, version, grantedNano);
        edge.book.noteApplied(applied);
      };
      this.network.push({ deliver: take, lose: () => undefined });
    };
    this.network.push({ deliver: ask, lose: () => undefined });
  }

  check(): void {
    const { billing } = this;
    expect(billing.late).toBe(0n);
    expect(billing.posted - billing.held).toBeGreaterThanOrEqual(0n);
    for (const [index, { entry }] of this.edges.entries()) {
      expect(entry.lease.grantedNano).toBeLessThanOrEqual(billing.rows[index]!.granted);
      expect(entry.lease.usedNano).toBeLessThanOrEqual(entry.lease.grantedNano);
    }
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      for (const edge of this.edges) while (edge.running.length > 0) this.finish(edge, 0, 3n);
      for (const index of [0, 1]) {
        this.apply(index, 1_000);
        this.applyNoLog(index);
        this.heartbeat(index);
      }
      while (this.network.length > 0) this.network.shift()!.deliver();
      await turn();
      this.now += 1_000;
    }
    this.now += 1_000_000;
    for (const { book } of this.edges) book.sweepIdle();
    for (let round = 0; round < 5; round++) {
      while (this.network.length > 0) this.network.shift()!.deliver();
      await turn();
    }
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The more often a fault or step is listed, the more often it happens. */
const operations = [
  'request', 'request', 'request', 'checkpoint', 'checkpoint', 'finish', 'finish', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver',
  'apply', 'apply', 'applyNoLog', 'applyNoLog', 'lose', 'double', 'heartbeat', 'idle', 'shrink', 'topUp',
] as const;

const step = fc.record({
  op: fc.constantFrom(...operations),
  edge: fc.constantFrom(0, 1),
  a: fc.nat({ max: 100 }),
  b: fc.oneof(fc.nat({ max: 10 }), fc.constantFrom(0, 9, 10)),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function run(world: World, { op, edge: index, a, b }: Step): Promise<void> {
  const edge = world.edges[index]!;
  const place = a % (world.network.length || 1);
  switch (op) {
    case 'request':
      return world.request(edge, BigInt(a * 4 + 4), b % 3 === 0);
    case 'checkpoint':
      return world.checkpoint(edge, a, BigInt(b));
    case 'finish':
      return world.finish(edge, a, BigInt(b));
    case 'deliver':
      world.network.splice(place, 1)[0]?.deliver();
      return turn();
    case 'lose':
      world.network.splice(place, 1)[0]?.lose();
      return turn();
    case 'double':
      world.network[place]?.deliver();
      return turn();
    case 'apply':
      return world.apply(index, b);
    case 'applyNoLog':
      return world.applyNoLog(index);
    case 'heartbeat':
      return world.heartbeat(index);
    case 'idle':
      world.now += a * 1_000;
      return edge.book.sweepIdle();
    case 'shrink':
      return edge.book.shrink(key.name);
    case 'topUp':
      world.billing.posted += BigInt(a);
      return;
  }
}

test('two edges never spend the same money, and at rest nothing is held', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3_000 })), fc.array(step, { minLength: 10, maxLength: 150 }), async (posted, steps) => {
      const world = new World(BigInt(posted));
      for (const one of steps) {
        await run(world, one);
        world.check();
      }
      await world.settle();
      world.check();
      expect(world.edges.map(({ waiting }) => waiting)).toEqual([0, 0]);
      expect(world.billing.held).toBe(0n);
      for (const [index, { entry }] of world.edges.entries()) {
        expect(entry.lease.reservedNano).toBe(0n);
        expect(entry.lease.settledNano).toBe(world.billing.rows[index]!.spent);
      }
    }),
    { numRuns: Number(process.env['TEST_MODEL_RUNS'] ?? 300) },
  );
});
