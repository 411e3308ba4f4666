import { makeId } from '../support/make.ts';
import type { Dice } from './dice.ts';
import { cost, nameOf, type Counts, type EdgeLease, type EdgeModel, type LeaseName, type Slot } from './edge-model.ts';
import type { Message } from './message.ts';
import type { RealBilling } from './real-billing.ts';
import { Violation, type Truth } from './truth.ts';

/** Times in steps of 10 s: lifetime, end of admission, cut, grace, heartbeat. */
export const life = 30;
export const grace = 6;
const [admitUntil, cutAt, heartbeatEvery] = [24, 28, 3];
const slice = 4;

/** Rules of the edge that a world can do without, to see that it then fails. */
export const edgeRules = [
  'local_first',
  'from_sending',
  'two_clocks',
  'boot_clock',
  'cut',
  'crash_final',
  'one_final',
  'resend',
  'heartbeat_order',
  'newest_answer',
  'absorb',
  'peak',
  'nolog_round',
  'asserts',
  'admission_lease',
] as const;
export type EdgeRule = (typeof edgeRules)[number];

/** What an edge meets of the world. */
export interface Surrounding {
  readonly now: number;
  readonly billing: RealBilling;
  readonly truths: Map<number, Truth>;
  readonly slack: bigint[];
  readonly isKeyLimited: boolean;
  send(edge: EdgeModel, message: Message): void;
  say(...what: readonly unknown[]): void;
}

/** What edges do: admit, forward, record, settle, keep their sessions and leases, and start again after a kill. */
export class EdgeLife {
  readonly dice: Dice;
  readonly #world: Surrounding;
  readonly #without: ReadonlySet<EdgeRule>;
  #requests = 0;

  constructor(world: Surrounding, dice: Dice, without: ReadonlySet<EdgeRule>) {
    this.#world = world;
    this.dice = dice;
    this.#without = without;
  }

  #on(rule: EdgeRule): boolean {
    return !this.#without.has(rule);
  }

  heartbeatAnswered(edge: EdgeModel, number: number, answer: Awaited<ReturnType<RealBilling['heartbeat']>>): void {
    edge.opened = true;
    if (number <= edge.answered && this.#on('heartbeat_order')) return;
    edge.answered = number;
    const sent = this.#on('from_sending') ? edge.sent.get(number)! : edge.clocks;
    edge.last = {
      mono: Math.max(edge.last.mono, sent.mono),
      wall: Math.max(edge.last.wall, sent.wall),
      boot: Math.max(edge.last.boot, sent.boot),
    };
    const applied = (account: 0 | 1) =>
      BigInt(String(answer.applied!.find(({ partition }) => partition === edge.outbox[account][0]?.partition)?.seq ?? 0));
    for (const account of [0, 1] as const)
      if (this.#on('resend') && applied(account) < BigInt(edge.published[account]) && this.dice.often(0.3))
        edge.published[account] = Number(applied(account));
    for (const { lease, version, grantedNano } of answer.leases!) {
      const account = this.#world.billing.accounts[0].equals(lease!.accountId as Buffer) ? 0 : 1;
      this.adopt(
        edge,
        nameOf({ account, byKey: (lease!.keyId as Buffer).length > 0 }),
        BigInt(String(version)),
        BigInt(String(grantedNano)),
      );
    }
    for (const lease of edge.leases.values()) {
      for (const peak of lease.peaks) if (applied(lease.name.account as 0 | 1) >= peak.seq) lease.reserved -= peak.amount;
      lease.peaks = lease.peaks.filter((peak) => applied(lease.name.account as 0 | 1) < peak.seq);
    }
    edge.foldedEpochs = new Set(answer.foldedEpochs);
    edge.acknowledged = new Map(answer.nologVersions!.map((one) => [this.#totalName(one), BigInt(String(one.version))]));
  }

  totalsAnswered(
    edge: EdgeModel,
    versions: Awaited<ReturnType<RealBilling['append']>>['nologVersions'],
    folded: readonly number[] | undefined,
  ): void {
    for (const one of versions!)
      edge.acknowledged.set(this.#totalName(one), big(edge.acknowledged.get(this.#totalName(one)) ?? 0n, BigInt(String(one.version))));
    for (const epoch of folded!) if (epoch < edge.epoch) edge.foldedEpochs.add(epoch);
  }

  #totalName(one: {
    readonly epoch?: number;
    readonly accountId?: unknown;
    readonly keyId?: unknown;
    readonly priceVersion?: number;
  }): string {
    const account = this.#world.billing.accounts[0].equals(one.accountId as Buffer) ? 0 : 1;
    return totalName(one.epoch!, { account, byKey: (one.keyId as Buffer).length > 0 }, one.priceVersion!);
  }

  #record(edge: EdgeModel, request: number, slot: Slot, final: boolean): void {
    const account = slot.lease.account as 0 | 1;
    const [inputTokens, cachedTokens, outputTokens] = slot.counts;
    const keyId = slot.lease.byKey ? this.#world.billing.keyId : unlimitedKey;
    const epoch = this.#on('admission_lease') ? slot.epoch : edge.epoch;
    edge.outbox[account].push(
      edge.edge.emit(this.#world.billing.accounts[account], {
        requestId: slot.requestId,
        kind: final ? 'final' : 'checkpoint',
        keyId,
        leaseByKey: slot.lease.byKey,
        leaseEpoch: epoch,
        priceVersion: slot.price,
        reservedNano: slot.reserved,
        inputTokens,
        cachedTokens,
        outputTokens,
      }),
    );
    const truth = this.#world.truths.get(request)!;
    truth.recorded = slot.counts;
    truth.final ||= final;
  }

  /** A finished no-log request goes into the totals; answers its charge. */
  #absorb(edge: EdgeModel, request: number, slot: Slot): bigint {
    const name = totalName(slot.epoch, slot.lease, slot.price);
    const total = edge.totals.get(name) ?? {
      epoch: slot.epoch,
      lease: slot.lease,
      price: slot.price,
      version: 0n,
      counts: [0, 0, 0] as Counts,
    };
    const before = cost(total.price, total.counts);
    total.version++;
    total.counts = total.counts.map((count, at) => count + slot.counts[at]!) as unknown as Counts;
    edge.totals.set(name, total);
    edge.absorbedLast = request;
    this.#world.truths.get(request)!.recorded = slot.counts;
    return this.#on('nolog_round') ? cost(total.price, total.counts) - before : cost(slot.price, slot.counts);
  }

  #finish(edge: EdgeModel, request: number, withUsage: boolean): void {
    const slot = edge.slots.get(request)!;
    const lease = edge.lease(slot.lease);
    const truth = this.#world.truths.get(request)!;
    const seen = slot.counts;
    // The final usage replaces what was counted: cached tokens become known, and the charge may go down.
    if (withUsage) {
      const cached = this.dice.int(0, seen[0]);
      slot.counts = truth.counts = [seen[0] - cached, cached, seen[2]];
    }
    if (this.dice.chance(0.02)) {
      slot.counts = truth.counts = seen;
      return this.kill(edge, `before the final of ${request}`);
    }
    let charged: bigint;
    if (slot.noLog) charged = this.#absorb(edge, request, slot);
    else {
      this.#record(edge, request, slot, true);
      charged = cost(slot.price, slot.counts);
    }
    if (this.dice.chance(0.03)) {
      slot.counts = seen;
      return this.kill(edge, `after the final of ${request}, before its slot was zeroed`);
    }
    if (!slot.noLog) {
      const outbox = edge.outbox[slot.lease.account as 0 | 1];
      const peak =
        outbox
          .filter((record) => record.requestId === slot.requestId)
          .reduce(
            (most, record) => big(most, cost(record.priceVersion, [record.inputTokens, record.cachedTokens, record.outputTokens])),
            0n,
          ) - charged;
      truth.peak = max(peak);
      if (peak > 0n && this.#on('peak')) {
        lease.peaks.push({ seq: outbox.at(-1)!.seq, amount: peak });
        lease.reserved += peak;
      }
    }
    lease.reserved -= slot.reserved;
    lease.settled += charged;
    edge.slots.delete(request);
    this.#world.say('edge', edge.index, 'settles', request, 'for', charged);
  }

  kill(edge: EdgeModel, why: string): void {
    this.#world.say('kill -9 edge', edge.index, why);
    edge.downUntil = this.#world.now + this.dice.pick([1, 1, 2, 3, 10, 45]);
    edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.downUntil);
  }

  /** Before it listens: the final of every open slot, unless the outbox has it; no-log slots go into the old epoch's totals. */
  restart(edge: EdgeModel): void {
    edge.disturbedUntil = Math.max(edge.disturbedUntil, this.#world.now);
    if (this.#on('absorb') && edge.absorbedLast !== undefined) edge.slots.delete(edge.absorbedLast);
    for (const [request, slot] of [...edge.slots].sort(([a], [b]) => a - b)) {
      if (slot.noLog) this.#absorb(edge, request, slot);
      else if (!(this.#on('one_final') && this.#world.truths.get(request)!.final) && this.#on('crash_final'))
        this.#record(edge, request, slot, true);
      if (this.dice.chance(0.05)) return this.kill(edge, 'while it starts');
      edge.slots.delete(request);
    }
    edge.boot();
    this.#world.say('edge', edge.index, 'starts epoch', edge.epoch);
  }

  #ask(edge: EdgeModel, lease: EdgeLease, want: bigint): void {
    edge.versions++;
    lease.version = edge.versions;
    lease.want = want;
    this.#world.say('edge', edge.index, 'SetLease', nameOf(lease.name), `v${lease.version}`, '->', want);
    // Its own limit goes down before it asks, and up only on the answer.
    if (want < lease.got) {
      if (this.#on('local_first')) lease.got = want;
      else lease.shrinking = true;
    }
    this.#world.send(edge, { to: 'billing', kind: 'set', epoch: edge.epoch, name: lease.name, version: lease.version, want });
  }

  adopt(edge: EdgeModel, lease: string, version: bigint, granted: bigint): void {
    const known = edge.leases.get(lease);
    if (!known || (version !== known.version && this.#on('newest_answer'))) return;
    known.got = granted;
    if (version === known.version) known.want = granted;
    known.shrinking = false;
  }

  #ageOf(edge: EdgeModel): number {
    const { mono, wall, boot } = edge.last;
    return Math.max(
      edge.mono - mono,
      this.#on('two_clocks') ? edge.wall - wall : 0,
      this.#on('boot_clock') && this.#on('two_clocks') ? edge.bootTime - boot : 0,
    );
  }

  async step(edge: EdgeModel): Promise<void> {
    if (edge.lost || edge.pausedUntil > this.#world.now || edge.downUntil > this.#world.now) return;
    if (edge.downUntil > 0) {
      edge.downUntil = 0;
      this.restart(edge);
      if (edge.downUntil > 0) return;
    }
    if (this.#world.now >= edge.nextHeartbeat) {
      edge.nextHeartbeat = this.#world.now + heartbeatEvery;
      edge.heartbeats++;
      edge.sent.set(edge.heartbeats, edge.clocks);
      const leases = this.#on('asserts')
        ? [...edge.leases.values()].filter(({ version }) => version > 0n).map(({ name, version, want }) => ({ name, version, want }))
        : [];
      this.#world.send(edge, { to: 'billing', kind: 'heartbeat', epoch: edge.epoch, number: edge.heartbeats, base: edge.base, leases });
    }
    if (this.dice.often(0.3)) this.#sendTotals(edge);
    this.#publish(edge);
    if (this.#on('cut') && this.#ageOf(edge) >= cutAt && edge.opened)
      for (const request of [...edge.slots.keys()].sort((a, b) => a - b)) if (edge.downUntil === 0) this.#finish(edge, request, false);
    for (let i = 0; i < 3 && edge.downUntil === 0; i++) await this.#act(edge);
  }

  #sendTotals(edge: EdgeModel): void {
    for (let epoch = 1; epoch <= edge.epoch; epoch++) {
      const totals = [...edge.totals]
        .filter(([name, total]) => total.epoch === epoch && (total.version > (edge.acknowledged.get(name) ?? 0n) || epoch < edge.epoch))
        .map(([, total]) => ({ ...total }));
      const old = epoch < edge.epoch;
      if (!edge.foldedEpochs.has(epoch) && (totals.length > 0 || old))
        this.#world.send(edge, { to: 'billing', kind: 'append', epoch, totals, final: old });
    }
  }

  #publish(edge: EdgeModel): void {
    for (const account of [0, 1] as const) {
      const outbox = edge.outbox[account];
      const from = edge.published[account];
      if (from >= outbox.length || edge.cutOffUntil > this.#world.now || !this.dice.often(0.5)) continue;
      const to = this.dice.isCalm ? outbox.length : this.dice.int(from + 1, outbox.length);
      this.#world.billing.log[account].push(...outbox.slice(from, to));
      // Else the acknowledgement is lost.
      if (this.dice.often(0.9)) edge.published[account] = to;
    }
  }

  /** One of the things that an edge does: admit, forward a token, finish, give back. */
  async #act(edge: EdgeModel): Promise<void> {
    const what = this.dice.random();
    if (what < 0.3 && !this.dice.isCalm) return this.#admit(edge);
    if (what < 0.75 && edge.slots.size > 0 && !this.dice.isCalm)
      return this.#forward(edge, this.dice.pick([...edge.slots.keys()].sort((a, b) => a - b)));
    if (what < 0.9 && edge.slots.size > 0) return this.#finish(edge, this.dice.pick([...edge.slots.keys()].sort((a, b) => a - b)), true);
    if (edge.leases.size === 0 || what < 0.9) return;
    const lease = this.dice.pick([...edge.leases.values()]);
    const used = lease.settled + lease.reserved;
    if (lease.got > used && lease.want === lease.got && !lease.shrinking)
      this.#ask(edge, lease, this.dice.often(0.6) ? used : BigInt(this.dice.int(Number(used), Number(lease.got))));
  }

  #admit(edge: EdgeModel): void {
    if (this.#ageOf(edge) >= admitUntil || edge.slots.size >= 4) return;
    const account = this.dice.pick([0, 0, 1]);
    const name = { account, byKey: account === 0 && this.dice.random() < 0.4 && this.#world.isKeyLimited };
    const price = this.dice.pick([1, 2]);
    const counts: Counts = [this.dice.int(1, 4), 0, 0];
    const lease = edge.lease(name);
    const needed = cost(price, [counts[0], 0, slice]);
    if (lease.got - lease.settled - lease.reserved < needed) {
      if (lease.want <= lease.got) this.#ask(edge, lease, lease.settled + lease.reserved + needed + BigInt(this.dice.pick([0, 0, 10, 30])));
      return;
    }
    const request = ++this.#requests;
    const requestId = makeId();
    const noLog = this.dice.random() < 0.3;
    lease.reserved += needed;
    edge.slots.set(request, { epoch: edge.epoch, lease: name, price, noLog, requestId, counts, reserved: needed, cap: slice });
    this.#world.truths.set(request, {
      account,
      price,
      noLog,
      edge,
      requestId,
      counts,
      recorded: [0, 0, 0],
      final: false,
      tick: false,
      peak: 0n,
    });
    this.#world.say('edge', edge.index, 'admits', request, nameOf(name), noLog ? 'no-log' : '');
  }

  async #forward(edge: EdgeModel, request: number): Promise<void> {
    const slot = edge.slots.get(request)!;
    const lease = edge.lease(slot.lease);
    const [input, cached, output] = slot.counts;
    if (output >= slot.cap) {
      const more = cost(slot.price, [input, 0, output + slice]) - slot.reserved;
      if (lease.got - lease.settled - lease.reserved < more) return this.#finish(edge, request, true);
      lease.reserved += more;
      slot.reserved += more;
      slot.cap += slice;
      return;
    }
    const session = (await this.#world.billing.sessions()).get(edge.edge.uuid);
    if (this.#world.now > edge.frozenUntil && session?.epoch === edge.epoch && session.released)
      throw new Violation('forwarded after the session was released');
    const truth = this.#world.truths.get(request)!;
    // The socket first, then the slot.
    truth.counts = [input, cached, output + 1];
    if (this.dice.chance(0.02)) {
      this.#world.slack[truth.account] = this.#world.slack[truth.account]! + 3n;
      truth.tick = true;
      return this.kill(edge, `after a socket write of ${request}, before the slot write`);
    }
    slot.counts = truth.counts;
    if (this.dice.random() < 0.15 && !slot.noLog) this.#record(edge, request, slot, false);
  }
}

/** The key of requests that no limit binds. */
const unlimitedKey = makeId();

const max = (amount: bigint) => (amount > 0n ? amount : 0n);
const big = (a: bigint, b: bigint) => (a > b ? a : b);

function totalName(epoch: number, lease: LeaseName, price: number): string {
  return `${epoch} ${nameOf(lease)} ${price}`;
}
