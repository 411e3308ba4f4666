/**
 * Goal: every token received from a worker is counted exactly once by billing, whatever the edge, the log and
 * billing's database suffer. Method: the real slots, outbox, recovery and reader over files that can be killed
 * at any write and lose unsynced sectors, against a small model of Kafka and billing; random runs of faults,
 * then quiescence, then the sums must agree. The rules are those of the published model of the protocol.
 */
import { expect, test } from '@jest/globals';
import { decodeRecord, partitionCount, partitionOf } from '@tacet/usage';
import fc from 'fast-check';
import { ForgetfulFiles, Killed } from '../../tests/forgetful-files.ts';
import { OutboxReader } from './outbox-reader.ts';
import { recordCapacity, segmentHeaderBytes } from './segment.ts';
import type { Admission } from './slot.ts';
import { Spool, type OpenRequest } from './spool.ts';

const edgeId = Buffer.alloc(16, 7);
const accounts = [1, 2, 3].map((byte) => Buffer.alloc(16, byte));
const smallSegment = segmentHeaderBytes + 24 * 128;
const openMax = 4;

interface Truth {
  readonly noLog: boolean;
  readonly epoch: number;
  readonly account: Buffer;
  /** Output tokens that left through the socket. */
  delivered: number;
  /** What the process last wrote down of them, in a slot or record. */
  written: number;
  /** How many ticks may be missing: the one in which it was killed. */
  slack: number;
  lostPower: boolean;
  hasFinal: boolean;
}

interface Database {
  readonly applied: number[];
  /** Newest counters of each request, with the seq that told them. */
  readonly register: Map<string, { readonly seq: number; readonly output: number; readonly input: number; readonly cached: number }>;
}

const copyOf = (database: Database): Database => ({ applied: [...database.applied], register: new Map(database.register) });

class World {
  readonly files = new ForgetfulFiles();
  readonly truths = new Map<string, Truth>();
  open = new Map<string, OpenRequest>();
  /** Ended in this turn: their finals may still be in memory alone. */
  ending = new Map<string, OpenRequest>();
  spool!: Spool;
  reader!: OutboxReader;
  epoch = 0;
  kafka: Buffer[] = [];
  database: Database = { applied: Array<number>(partitionCount).fill(0), register: new Map() };
  snapshots: Database[] = [];
  /** Whether it was killed in a write of the spool's own, at the end of a turn. */
  hasFailed = false;
  #next = 0;

  constructor() {
    this.start();
  }

  start(): void {
    this.epoch++;
    for (;;) {
      try {
        this.spool = Spool.open(this.files.start(), {
          edgeId, segmentBytes: smallSegment, bytesMax: smallSegment * 1000, slots: { requests: 8, totals: 64 },
          monotonicMs: () => 0, wallMs: () => 1, onTrouble: () => undefined,
          onFailure: (error) => {
            if (!(error instanceof Killed)) throw error;
            this.hasFailed = true;
          },
        });
        break;
      } catch (error) {
        // Killed while it recovered.
        if (!(error instanceof Killed)) throw error;
        this.files.kill();
        this.epoch++;
      }
    }
    this.files.killAtWrite(Infinity);
    this.hasFailed = false;
    this.reader = new OutboxReader(this.spool.outbox, edgeId, this.database.applied, () => undefined);
  }

  admit(noLog: boolean, account: Buffer): void {
    if (this.open.size >= openMax || this.truths.size >= 60) return;
    const id = Buffer.alloc(16);
    id.writeUInt32BE(++this.#next, 12);
    const admission: Admission = {
      epoch: this.epoch, requestId: noLog ? Buffer.alloc(16) : id, accountId: account, partition: partitionOf(account), keyId: Buffer.alloc(16),
      leaseByKey: false, noLog, priceVersion: 1, route: 'chat_completions', startedMs: noLog ? 0 : 5,
    };
    const request = this.spool.openRequest(admission, { reservedNano: 10n ** 9n, input: 100, cached: 0, output: 0, source: 'exact', ttftMs: 0 });
    if (request === undefined) throw new Error('no slot');
    this.open.set(id.toString('hex'), request);
    this.truths.set(id.toString('hex'), { noLog, epoch: this.epoch, account, delivered: 0, written: 0, slack: 0, lostPower: false, hasFinal: false });
  }

  /** One event from the worker: socket write, then (unless killed between) the counters. */
  tick(pick: number, killed: boolean): void {
    const id = [...this.open.keys()][pick % this.open.size];
    if (id === undefined) return;
    const truth = this.truths.get(id)!;
    truth.delivered++;
    if (killed) {
      truth.slack++;
      return this.die();
    }
    const request = this.open.get(id)!;
    request.counters.output++;
    this.spool.touch(request);
  }

  checkpoint(pick: number): void {
    const id = [...this.open.keys()][pick % this.open.size];
    const request = id === undefined ? undefined : this.open.get(id);
    if (request && !request.admission.noLog) this.attempt(() => this.spool.checkpoint(request, 1));
  }

  /** The worker's final usage makes cached tokens known; then the end. `dieAfter`: writes until a kill. */
  finish(pick: number, dieAfter: number): void {
    const id = [...this.open.keys()][pick % this.open.size];
    if (id === undefined) return;
    const request = this.open.get(id)!;
    request.counters.input = 20;
    request.counters.cached = 80;
    this.files.killAtWrite(dieAfter);
    this.attempt(() => {
      if (request.admission.noLog) this.spool.absorb(request);
      else this.spool.finish(request, 'ok', 1);
      this.open.delete(id);
      this.truths.get(id)!.hasFinal = true;
      this.files.killAtWrite(Infinity);
    });
  }

  /** The same, but the final is written with the end of the turn; only then does the client see the end. */
  finishInTurn(pick: number): void {
    const id = [...this.open.keys()][pick % this.open.size];
    if (id === undefined) return;
    const request = this.open.get(id)!;
    // What is in a slot of a no-log request moves at once.
    if (request.admission.noLog && request.isWritten) return this.finish(pick, Infinity);
    request.counters.input = 20;
    request.counters.cached = 80;
    this.attempt(() => {
      const { spool } = this;
      if (request.admission.noLog) spool.absorbInTurn(request);
      else spool.finishInTurn(request, 'ok', 1);
      this.open.delete(id);
      this.ending.set(id, request);
      spool.whenWritten(() => {
        // Of a process that is dead by now nobody hears.
        if (spool !== this.spool) return;
        this.ending.delete(id);
        this.truths.get(id)!.hasFinal = true;
      });
    });
  }

  attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.hasFailed = false;
      this.die();
    }
  }

  /** Killed, and killed again at some write of the restart. */
  dieWhileRecovering(): void {
    this.noteUnwritten();
    this.open = new Map();
    this.start();
  }

  die(): void {
    this.noteUnwritten();
    this.files.kill();
    this.open = new Map();
    this.start();
  }

  noteUnwritten(): void {
    // What was counted in this tick may not be in the slots yet: at most that tick.
    for (const [id, { isDirty }] of this.open) if (isDirty || this.hasFailed) this.truths.get(id)!.slack = this.truths.get(id)!.delivered - this.truths.get(id)!.written;
    // What ended in this turn is as if it had not.
    for (const id of this.ending.keys()) this.truths.get(id)!.slack = this.truths.get(id)!.delivered - this.truths.get(id)!.written;
    this.ending = new Map();
  }

  /** The end of a tick of the event loop: finals are in the outbox and counters in the slots. `dieAfter`: writes until a kill. */
  async turn(dieAfter = Infinity): Promise<void> {
    this.files.killAtWrite(dieAfter);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.hasFailed) return this.die();
    this.files.killAtWrite(Infinity);
    for (const id of this.open.keys()) this.truths.get(id)!.written = this.truths.get(id)!.delivered;
  }

  losePower(seed: number): void {
    let state = seed;
    this.files.losePower(() => (state = (state * 1103515245 + 12345) & 0x7fffffff) % 3 === 0);
    for (const truth of this.truths.values()) truth.lostPower = true;
    this.open = new Map();
    this.ending = new Map();
    this.start();
  }

  publish(count: number, ackLost: boolean): void {
    const before = [...this.reader.sent];
    this.kafka.push(...this.reader.next(1 + (count % 5), this.spool.synced).map(({ bytes }) => Buffer.from(bytes)));
    if (ackLost) this.reader.rewind(before);
  }

  /** One transaction: skip what is applied, stop at a gap, the later replaces the earlier whole. */
  consume(from: number): void {
    const next = copyOf(this.database);
    for (const bytes of this.kafka.slice(from)) {
      const record = decodeRecord(bytes);
      const seq = Number(record.seq);
      if (seq !== next.applied[record.partition]! + 1) continue;
      next.applied[record.partition] = seq;
      if (record.kind === 'hole') continue;
      next.register.set(Buffer.from(record.requestId).toString('hex'), { seq, input: record.inputTokens, cached: record.cachedTokens, output: record.outputTokens });
    }
    this.database = next;
    this.snapshots.push(copyOf(next));
    this.spool.outbox.noteApplied(next.applied);
  }

  async settle(): Promise<void> {
    this.files.killAtWrite(Infinity);
    while (this.open.size > 0) this.finish(0, Infinity);
    await this.turn();
    for (let round = 0; round < 3; round++) {
      await this.spool.whenSynced();
      this.reader.rewind(this.database.applied);
      for (let batch = this.reader.next(50, this.spool.synced); batch.length > 0; batch = this.reader.next(50, this.spool.synced)) this.kafka.push(...batch.map(({ bytes }) => bytes));
      this.consume(0);
    }
  }

  check(): void {
    expect(this.database.applied).toEqual(this.spool.outbox.last);
    const totals = new Map<string, number>();
    for (const total of this.spool.totals.all()) totals.set(`${total.epoch}:${total.accountId.toString('hex')}`, total.output);
    const expected = new Map<string, { min: number; max: number }>();
    for (const [id, truth] of this.truths) {
      const { noLog, delivered, slack, lostPower } = truth;
      const min = lostPower ? 0 : delivered - slack;
      if (noLog) {
        const key = `${truth.epoch}:${truth.account.toString('hex')}`;
        const sum = expected.get(key) ?? { min: 0, max: 0 };
        expected.set(key, { min: sum.min + min, max: sum.max + delivered });
        continue;
      }
      const billed = this.database.register.get(id);
      expect(billed?.output ?? 0).toBeGreaterThanOrEqual(min);
      expect(billed?.output ?? 0).toBeLessThanOrEqual(delivered);
      // A true final is never replaced by the counters of a stale slot.
      if (truth.hasFinal && !lostPower) expect(billed).toMatchObject({ input: 20, cached: 80, output: delivered });
    }
    for (const [key, { min, max }] of expected) {
      expect(totals.get(key) ?? 0).toBeGreaterThanOrEqual(min);
      expect(totals.get(key) ?? 0).toBeLessThanOrEqual(max);
    }
  }
}

const number = fc.nat({ max: 1_000 });
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ op: fc.constant('tick' as const), a: number, b: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('admit' as const), a: number, b: number }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('checkpoint' as const), a: number, b: number }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('finish' as const), a: number, b: fc.constantFrom(0, 1, 2, 99, 99, 99, 99) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('finishInTurn' as const), a: number, b: number }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('turn' as const), a: number, b: fc.constantFrom(0, 1, 2, 99, 99, 99, 99, 99) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('sync' as const), a: number, b: number }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constantFrom('publish' as const, 'publish' as const, 'lostAck' as const), a: number, b: number }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('consume' as const), a: number, b: number }) },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constantFrom('kill' as const, 'killAgain' as const, 'power' as const, 'duplicate' as const, 'wipe' as const, 'truncate' as const, 'zombie' as const, 'failover' as const, 'republish' as const), a: number, b: number }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function run(world: World, { op, a, b }: Step): Promise<void> {
  switch (op) {
    case 'tick':
      return world.tick(a, b === 1);
    case 'admit':
      return world.admit(b % 3 === 0, accounts[a % accounts.length]!);
    case 'checkpoint':
      return world.checkpoint(a);
    case 'finish':
      return world.finish(a, b);
    case 'finishInTurn':
      return world.finishInTurn(a);
    case 'turn':
      return world.turn(b);
    case 'sync':
      await world.turn();
      return world.spool.whenSynced();
    case 'publish':
      return world.publish(a, false);
    case 'lostAck':
      return world.publish(a, true);
    case 'consume':
      return world.consume(0);
    case 'kill':
      return world.die();
    case 'killAgain':
      world.files.kill();
      world.files.killAtWrite(b % 6);
      return world.dieWhileRecovering();
    case 'power':
      return world.losePower(b);
    case 'duplicate':
      if (world.kafka.length > 0) world.kafka.push(world.kafka[a % world.kafka.length]!);
      return;
    case 'wipe':
      world.kafka = [];
      return;
    case 'truncate':
      world.kafka = world.kafka.slice(0, a % (world.kafka.length + 1));
      return;
    case 'zombie':
      return world.consume(a % (world.kafka.length + 1));
    case 'failover':
      world.database = copyOf(world.snapshots.at(-1 - (a % 3)) ?? world.database);
      return;
    case 'republish':
      return world.reader.rewind(world.database.applied);
  }
}

test('whatever is killed, lost, doubled or forgotten, every token is counted once', async () => {
  expect(recordCapacity(smallSegment)).toBe(24);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120 }), async (steps) => {
      const world = new World();
      for (const one of steps) await run(world, one);
      await world.settle();
      world.check();
    }),
    { numRuns: Number(process.env['TEST_MODEL_RUNS'] ?? 400) },
  );
});
