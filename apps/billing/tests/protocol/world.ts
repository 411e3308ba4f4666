import { randomBytes } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { isDataError } from '../../src/database-errors.ts';
import { makeId } from '../support/make.ts';
import { cost, EdgeModel, nameOf, type Counts, type EdgeLease, type LeaseName, type Slot, type Total } from './edge-model.ts';
import { overdrafts, type RealBilling, type Snapshot } from './real-billing.ts';

/** A sentence of the protocol that does not hold. */
export class Violation extends Error {}

/** Times in steps of 10 s: lifetime, end of admission, cut, grace, heartbeat. */
export const life = 30;
const [admitUntil, cutAt, grace, heartbeatEvery] = [24, 28, 6, 3];
const slice = 4;

/** Rules of the edge that a world can do without, to see that it then fails. */
export const edgeRules = ['local_first', 'from_sending', 'two_clocks', 'boot_clock', 'cut', 'crash_final', 'one_final', 'resend', 'heartbeat_order', 'newest_answer', 'absorb', 'peak', 'nolog_round', 'asserts', 'admission_lease'] as const;
export type EdgeRule = (typeof edgeRules)[number];

/** What really happened to a request, which only the world knows. */
export interface Truth {
  readonly account: number;
  readonly price: number;
  readonly noLog: boolean;
  readonly edge: EdgeModel;
  readonly requestId: Buffer;
  counts: Counts;
  recorded: Counts;
  final: boolean;
  /** A tick was delivered and not recorded: the process was killed in between. */
  tick: boolean;
  peak: bigint;
}

type Message =
  | { readonly to: 'billing'; readonly kind: 'heartbeat'; readonly epoch: number; readonly number: number; readonly base: readonly bigint[]; readonly leases: readonly { name: LeaseName; version: bigint; want: bigint }[] }
  | { readonly to: 'billing'; readonly kind: 'set'; readonly epoch: number; readonly name: LeaseName; readonly version: bigint; readonly want: bigint }
  | { readonly to: 'billing'; readonly kind: 'append'; readonly epoch: number; readonly totals: readonly Omit<Total, 'epoch'>[]; readonly final: boolean }
  | { readonly to: 'edge'; readonly epoch: number; readonly receive: (edge: EdgeModel) => void; readonly anyEpoch?: boolean };

/** A port of the lease protocol's model: edges and faults are modelled, billing is the real one on a real database. */
export class World {
  readonly billing: RealBilling;
  readonly edges: EdgeModel[];
  readonly truths = new Map<number, Truth>();
  readonly credit = [0n, 0n];
  /** What forgotten grants, released holds and lost ticks explain: of what is delivered, and of loss:late. */
  readonly slack = [0n, 0n];
  readonly lateExplained = [0n, 0n];
  wiped = false;
  readonly trace: string[] = [];
  readonly random: () => number;
  readonly #without: ReadonlySet<EdgeRule>;
  readonly #grants: { readonly id: Buffer; readonly account: number; readonly amount: bigint; made: boolean }[] = [];
  #network: { readonly at: number; readonly order: number; readonly edge: EdgeModel; readonly message: Message }[] = [];
  #calm = false;
  #limited = true;
  #billingDownUntil = 0;
  #billingUpSince = 0;
  #backlogUntil = 0;
  #failover: { readonly snapshot: Snapshot; readonly at: number } | undefined;
  #requests = 0;

  constructor(billing: RealBilling, random: () => number, without: ReadonlySet<EdgeRule> = new Set()) {
    this.billing = billing;
    this.random = random;
    this.#without = without;
    this.edges = Array.from({ length: random() < 0.67 ? 2 : 3 }, (_, index) => new EdgeModel(index));
  }

  get now(): number {
    return this.billing.step;
  }

  #on(rule: EdgeRule): boolean {
    return !this.#without.has(rule);
  }

  #int(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  #chance(probability: number): boolean {
    return !this.#calm && this.random() < probability;
  }

  #say(...what: readonly unknown[]): void {
    this.trace.push([this.now, ...what].join(' '));
  }

  async open(): Promise<void> {
    await this.billing.open();
    for (const account of [0, 1]) await this.#topUp(account, BigInt(this.#int(20, 120)));
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.#tick();
      if (this.random() < 0.09) await this.#fault();
    }
    this.#calm = true;
    this.#backlogUntil = this.#billingDownUntil = 0;
    this.#billingUpSince = Math.min(this.#billingUpSince, this.now);
    if (this.#failover) await this.#failOver();
    for (const edge of this.edges) {
      edge.pausedUntil = Math.min(edge.pausedUntil, this.now + 1);
      edge.cutOffUntil = 0;
    }
    for (let i = 0; i < life + grace + 75; i++) await this.#tick();
  }

  /** Called after everything that billing did. */
  onChange: () => Promise<void> = async () => undefined;
  /** Called once a step. */
  onStep: () => Promise<void> = async () => undefined;

  async #topUp(account: number, amount: bigint): Promise<void> {
    const grant = { id: randomBytes(16), account, amount, made: true };
    this.#grants.push(grant);
    this.credit[account] = this.credit[account]! + amount;
    await this.billing.grant(account, grant.id, amount);
  }

  async #tick(): Promise<void> {
    await this.billing.passTime();
    for (const edge of this.edges) {
      // SIGSTOP: all clocks run; suspend: not the monotonic one; a frozen machine: none.
      const paused = edge.pausedUntil > this.now && edge.pauseKind;
      if (paused !== 'suspend' && paused !== 'freeze') edge.mono++;
      if (paused !== 'freeze') {
        edge.wall++;
        edge.bootTime++;
      } else edge.frozenUntil = this.now + life + grace;
    }
    if (this.#failover && this.#failover.at <= this.now) await this.#failOver();
    await this.#deliver();
    for (const edge of this.edges) await this.#step(edge);
    if (this.#billingDownUntil <= this.now) {
      for (const account of [0, 1] as const) if (this.#backlogUntil <= this.now && (this.#calm || this.random() < 0.6)) await this.#consume(account);
      if (this.#calm || this.random() < 0.3) await this.#reconcile();
    }
    await this.onStep();
  }

  async #consume(account: 0 | 1): Promise<void> {
    const replay = this.#chance(0.05) ? this.#int(0, this.billing.log[account].length) : undefined;
    await this.billing.consume(account, this.#int(1, 6), replay);
    await this.onChange();
  }

  async #reconcile(): Promise<void> {
    const before = await this.billing.sessions();
    const rows = await this.billing.leases();
    this.billing.servedSteps = this.now - this.#billingUpSince;
    await this.billing.reconcile();
    const after = await this.billing.sessions();
    for (const edge of this.edges) {
      const session = after.get(edge.edge.uuid);
      if (!session?.released || before.get(edge.edge.uuid)?.released) continue;
      this.#say('released: edge', edge.index, 'epoch', session.epoch);
      if (!edge.lost && this.now - Math.max(edge.disturbedUntil, 0) > life + grace + 2 && edge.epoch === session.epoch) throw new Violation('an edge that was up and connected all the time was released');
      for (const row of rows.filter((one) => one.edge === edge.edge.uuid)) this.#explain(row.account, max(row.granted - row.spent), edge.lost ? 0n : max(row.granted - row.spent));
    }
    for (const grant of this.#grants) await this.billing.grant(grant.account, grant.id, grant.amount);
    await this.onChange();
  }

  #explain(account: number, delivered: bigint, late: bigint): void {
    this.slack[account] = this.slack[account]! + delivered;
    this.lateExplained[account] = this.lateExplained[account]! + late;
  }

  async #failOver(): Promise<void> {
    const { snapshot } = this.#failover!;
    this.#failover = undefined;
    const before = { rows: await this.billing.leases(), requests: await this.billing.requests(), balances: await this.billing.balances() };
    await this.billing.restore(snapshot);
    this.#say('failover forgets steps', snapshot.step, 'to', this.now);
    const after = { rows: await this.billing.leases(), requests: await this.billing.requests() };
    // The bound on loss: what the leases held whose last SetLease is forgotten.
    for (const row of before.rows) {
      const now = after.rows.find((one) => one.edge === row.edge && one.epoch === row.epoch && one.account === row.account && one.byKey === row.byKey) ?? { granted: 0n, spent: 0n, version: 0n };
      const forgotten = now.version === row.version ? max(row.granted - now.granted) : max(row.granted - now.spent);
      this.#explain(row.account, forgotten, forgotten);
    }
    // Finals forgotten: their checkpoints come first again, and charged more.
    for (const truth of this.truths.values()) {
      const id = uuidOf(truth.requestId);
      if (before.requests.has(id) && before.requests.get(id) !== after.requests.get(id)) this.#explain(truth.account, 0n, truth.peak);
    }
    for (const grant of this.#grants) this.#explain(grant.account, 0n, grant.amount);
    await this.onChange();
  }

  #send(to: EdgeModel, message: Message): void {
    if (!this.#calm && (this.random() < 0.05 || to.cutOffUntil > this.now)) return;
    for (let copies = this.#chance(0.08) ? 2 : 1; copies > 0; copies--) {
      const delay = this.random() < 0.7 ? 0 : this.#calm || this.random() < 0.75 ? this.#int(1, 2) : this.#int(3, 60);
      this.#network.push({ at: this.now + delay, order: this.random(), edge: to, message });
    }
  }

  async #deliver(): Promise<void> {
    const due = this.#network.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at || a.order - b.order);
    this.#network = this.#network.filter(({ at }) => at > this.now);
    for (const { order, edge, message } of due) {
      if (message.to === 'billing') {
        if (this.#billingDownUntil <= this.now) await this.#serve(edge, message);
      } else if (!edge.lost && edge.downUntil <= this.now) {
        if (edge.pausedUntil > this.now) this.#network.push({ at: edge.pausedUntil, order, edge, message });
        else if (message.epoch === edge.epoch || message.anyEpoch) message.receive(edge);
      }
    }
  }

  async #serve(edge: EdgeModel, message: Message & { readonly to: 'billing' }): Promise<void> {
    const { epoch } = message;
    try {
      if (message.kind === 'heartbeat') {
        const answer = await this.billing.heartbeat({ edge, epoch, base: message.base }, message.number, message.leases);
        this.#send(edge, { to: 'edge', epoch, receive: (to) => this.#heartbeatAnswered(to, message.number, answer) });
      } else if (message.kind === 'set') {
        const answer = await this.billing.setLease(edge, epoch, message.name, message.version, message.want);
        if (answer.outcome === 'fenced') throw new TacetError('fenced');
        if (answer.outcome === 'set') this.#send(edge, { to: 'edge', epoch, receive: (to) => this.#adopt(to, nameOf(message.name), answer.version, answer.grantedNano) });
      } else {
        const answer = await this.billing.append(edge, epoch, message.totals, message.final);
        this.#send(edge, { to: 'edge', epoch, anyEpoch: true, receive: (to) => this.#totalsAnswered(to, answer.nologVersions, answer.foldedEpochs) });
      }
    } catch (error) {
      if (isDataError(error) || !(error instanceof TacetError)) throw error;
      if (error.code === 'fenced') this.#send(edge, { to: 'edge', epoch, receive: (to) => this.#restart(to) });
    }
    await this.onChange();
  }

  #adopt(edge: EdgeModel, lease: string, version: bigint, granted: bigint): void {
    const known = edge.leases.get(lease);
    if (!known || (version !== known.version && this.#on('newest_answer'))) return;
    known.got = granted;
    if (version === known.version) known.want = granted;
    known.shrinking = false;
  }

  #heartbeatAnswered(edge: EdgeModel, number: number, answer: Awaited<ReturnType<RealBilling['heartbeat']>>): void {
    edge.opened = true;
    if (number <= edge.answered && this.#on('heartbeat_order')) return;
    edge.answered = number;
    const sent = this.#on('from_sending') ? edge.sent.get(number)! : edge.clocks;
    edge.last = { mono: Math.max(edge.last.mono, sent.mono), wall: Math.max(edge.last.wall, sent.wall), boot: Math.max(edge.last.boot, sent.boot) };
    const applied = (account: 0 | 1) => BigInt(String(answer.applied!.find(({ partition }) => partition === edge.outbox[account][0]?.partition)?.seq ?? 0));
    for (const account of [0, 1] as const) if (this.#on('resend') && applied(account) < BigInt(edge.published[account]) && (this.#calm || this.random() < 0.3)) edge.published[account] = Number(applied(account));
    for (const { lease, version, grantedNano } of answer.leases!) {
      const account = this.billing.accounts[0].equals(lease!.accountId as Buffer) ? 0 : 1;
      this.#adopt(edge, nameOf({ account, byKey: (lease!.keyId as Buffer).length > 0 }), BigInt(String(version)), BigInt(String(grantedNano)));
    }
    for (const lease of edge.leases.values()) {
      for (const peak of lease.peaks) if (applied(lease.name.account as 0 | 1) >= peak.seq) lease.reserved -= peak.amount;
      lease.peaks = lease.peaks.filter((peak) => applied(lease.name.account as 0 | 1) < peak.seq);
    }
    edge.foldedEpochs = new Set(answer.foldedEpochs);
    edge.acknowledged = new Map(answer.nologVersions!.map((one) => [this.#totalName(one), BigInt(String(one.version))]));
  }

  #totalsAnswered(edge: EdgeModel, versions: Awaited<ReturnType<RealBilling['append']>>['nologVersions'], folded: readonly number[] | undefined): void {
    for (const one of versions!) edge.acknowledged.set(this.#totalName(one), big(edge.acknowledged.get(this.#totalName(one)) ?? 0n, BigInt(String(one.version))));
    for (const epoch of folded!) if (epoch < edge.epoch) edge.foldedEpochs.add(epoch);
  }

  #totalName(one: { readonly epoch?: number; readonly accountId?: unknown; readonly keyId?: unknown; readonly priceVersion?: number }): string {
    const account = this.billing.accounts[0].equals(one.accountId as Buffer) ? 0 : 1;
    return totalName(one.epoch!, { account, byKey: (one.keyId as Buffer).length > 0 }, one.priceVersion!);
  }

  #record(edge: EdgeModel, request: number, slot: Slot, final: boolean): void {
    const account = slot.lease.account as 0 | 1;
    const [inputTokens, cachedTokens, outputTokens] = slot.counts;
    const keyId = slot.lease.byKey ? this.billing.keyId : unlimitedKey;
    const epoch = this.#on('admission_lease') ? slot.epoch : edge.epoch;
    edge.outbox[account].push(
      edge.edge.emit(this.billing.accounts[account], { requestId: slot.requestId, kind: final ? 'final' : 'checkpoint', keyId, leaseByKey: slot.lease.byKey, leaseEpoch: epoch, priceVersion: slot.price, reservedNano: slot.reserved, inputTokens, cachedTokens, outputTokens }),
    );
    const truth = this.truths.get(request)!;
    truth.recorded = slot.counts;
    truth.final ||= final;
  }

  /** A finished no-log request goes into the totals; answers its charge. */
  #absorb(edge: EdgeModel, request: number, slot: Slot): bigint {
    const name = totalName(slot.epoch, slot.lease, slot.price);
    const total = edge.totals.get(name) ?? { epoch: slot.epoch, lease: slot.lease, price: slot.price, version: 0n, counts: [0, 0, 0] as Counts };
    const before = cost(total.price, total.counts);
    total.version++;
    total.counts = total.counts.map((count, at) => count + slot.counts[at]!) as unknown as Counts;
    edge.totals.set(name, total);
    edge.absorbedLast = request;
    this.truths.get(request)!.recorded = slot.counts;
    return this.#on('nolog_round') ? cost(total.price, total.counts) - before : cost(slot.price, slot.counts);
  }

  #finish(edge: EdgeModel, request: number, withUsage: boolean): void {
    const slot = edge.slots.get(request)!;
    const lease = edge.lease(slot.lease);
    const truth = this.truths.get(request)!;
    const seen = slot.counts;
    // The final usage replaces what was counted: cached tokens become known, and the charge may go down.
    if (withUsage) {
      const cached = this.#int(0, seen[0]);
      slot.counts = truth.counts = [seen[0] - cached, cached, seen[2]];
    }
    if (this.#chance(0.02)) {
      slot.counts = truth.counts = seen;
      return this.#kill(edge, `before the final of ${request}`);
    }
    let charged: bigint;
    if (slot.noLog) charged = this.#absorb(edge, request, slot);
    else {
      this.#record(edge, request, slot, true);
      charged = cost(slot.price, slot.counts);
    }
    if (this.#chance(0.03)) {
      slot.counts = seen;
      return this.#kill(edge, `after the final of ${request}, before its slot was zeroed`);
    }
    if (!slot.noLog) {
      const outbox = edge.outbox[slot.lease.account as 0 | 1];
      const peak = outbox.filter((record) => record.requestId === slot.requestId).reduce((most, record) => big(most, cost(record.priceVersion, [record.inputTokens, record.cachedTokens, record.outputTokens])), 0n) - charged;
      truth.peak = max(peak);
      if (peak > 0n && this.#on('peak')) {
        lease.peaks.push({ seq: outbox.at(-1)!.seq, amount: peak });
        lease.reserved += peak;
      }
    }
    lease.reserved -= slot.reserved;
    lease.settled += charged;
    edge.slots.delete(request);
    this.#say('edge', edge.index, 'settles', request, 'for', charged);
  }

  #kill(edge: EdgeModel, why: string): void {
    this.#say('kill -9 edge', edge.index, why);
    edge.downUntil = this.now + this.#pick([1, 1, 2, 3, 10, 45]);
    edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.downUntil);
  }

  /** Before it listens: the final of every open slot, unless the outbox has it; no-log slots go into the old epoch's totals. */
  #restart(edge: EdgeModel): void {
    edge.disturbedUntil = Math.max(edge.disturbedUntil, this.now);
    if (this.#on('absorb') && edge.absorbedLast !== undefined) edge.slots.delete(edge.absorbedLast);
    for (const [request, slot] of [...edge.slots].sort(([a], [b]) => a - b)) {
      if (slot.noLog) this.#absorb(edge, request, slot);
      else if (!(this.#on('one_final') && this.truths.get(request)!.final) && this.#on('crash_final')) this.#record(edge, request, slot, true);
      if (this.#chance(0.05)) return this.#kill(edge, 'while it starts');
      edge.slots.delete(request);
    }
    edge.boot();
    this.#say('edge', edge.index, 'starts epoch', edge.epoch);
  }

  #ask(edge: EdgeModel, lease: EdgeLease, want: bigint): void {
    edge.versions++;
    lease.version = edge.versions;
    lease.want = want;
    this.#say('edge', edge.index, 'SetLease', nameOf(lease.name), `v${lease.version}`, '->', want);
    // Its own limit goes down before it asks, and up only on the answer.
    if (want < lease.got) {
      if (this.#on('local_first')) lease.got = want;
      else lease.shrinking = true;
    }
    this.#send(edge, { to: 'billing', kind: 'set', epoch: edge.epoch, name: lease.name, version: lease.version, want });
  }

  #ageOf(edge: EdgeModel): number {
    const { mono, wall, boot } = edge.last;
    return Math.max(edge.mono - mono, this.#on('two_clocks') ? edge.wall - wall : 0, this.#on('boot_clock') && this.#on('two_clocks') ? edge.bootTime - boot : 0);
  }

  async #step(edge: EdgeModel): Promise<void> {
    if (edge.lost || edge.pausedUntil > this.now || edge.downUntil > this.now) return;
    if (edge.downUntil > 0) {
      edge.downUntil = 0;
      this.#restart(edge);
      if (edge.downUntil > 0) return;
    }
    if (this.now >= edge.nextHeartbeat) {
      edge.nextHeartbeat = this.now + heartbeatEvery;
      edge.heartbeats++;
      edge.sent.set(edge.heartbeats, edge.clocks);
      const leases = this.#on('asserts') ? [...edge.leases.values()].filter(({ version }) => version > 0n).map(({ name, version, want }) => ({ name, version, want })) : [];
      this.#send(edge, { to: 'billing', kind: 'heartbeat', epoch: edge.epoch, number: edge.heartbeats, base: edge.base, leases });
    }
    if (this.#calm || this.random() < 0.3) this.#sendTotals(edge);
    this.#publish(edge);
    if (this.#on('cut') && this.#ageOf(edge) >= cutAt && edge.opened) for (const request of [...edge.slots.keys()].sort((a, b) => a - b)) if (edge.downUntil === 0) this.#finish(edge, request, false);
    for (let i = 0; i < 3 && edge.downUntil === 0; i++) await this.#act(edge);
  }

  #sendTotals(edge: EdgeModel): void {
    for (let epoch = 1; epoch <= edge.epoch; epoch++) {
      const totals = [...edge.totals].filter(([name, total]) => total.epoch === epoch && (total.version > (edge.acknowledged.get(name) ?? 0n) || epoch < edge.epoch)).map(([, total]) => ({ ...total }));
      const old = epoch < edge.epoch;
      if (!edge.foldedEpochs.has(epoch) && (totals.length > 0 || old)) this.#send(edge, { to: 'billing', kind: 'append', epoch, totals, final: old });
    }
  }

  #publish(edge: EdgeModel): void {
    for (const account of [0, 1] as const) {
      const outbox = edge.outbox[account];
      const from = edge.published[account];
      if (from >= outbox.length || edge.cutOffUntil > this.now || !(this.#calm || this.random() < 0.5)) continue;
      const to = this.#calm ? outbox.length : this.#int(from + 1, outbox.length);
      this.billing.log[account].push(...outbox.slice(from, to));
      // Else the acknowledgement is lost.
      if (this.#calm || this.random() < 0.9) edge.published[account] = to;
    }
  }

  /** One of the things that an edge does: admit, forward a token, finish, give back. */
  async #act(edge: EdgeModel): Promise<void> {
    const what = this.random();
    if (what < 0.3 && !this.#calm) return this.#admit(edge);
    if (what < 0.75 && edge.slots.size > 0 && !this.#calm) return this.#forward(edge, this.#pick([...edge.slots.keys()].sort((a, b) => a - b)));
    if (what < 0.9 && edge.slots.size > 0) return this.#finish(edge, this.#pick([...edge.slots.keys()].sort((a, b) => a - b)), true);
    if (edge.leases.size === 0 || what < 0.9) return;
    const lease = this.#pick([...edge.leases.values()]);
    const used = lease.settled + lease.reserved;
    if (lease.got > used && lease.want === lease.got && !lease.shrinking) this.#ask(edge, lease, this.#calm || this.random() < 0.6 ? used : BigInt(this.#int(Number(used), Number(lease.got))));
  }

  #admit(edge: EdgeModel): void {
    if (this.#ageOf(edge) >= admitUntil || edge.slots.size >= 4) return;
    const account = this.#pick([0, 0, 1]);
    const name = { account, byKey: account === 0 && this.random() < 0.4 && this.#limited };
    const price = this.#pick([1, 2]);
    const counts: Counts = [this.#int(1, 4), 0, 0];
    const lease = edge.lease(name);
    const needed = cost(price, [counts[0], 0, slice]);
    if (lease.got - lease.settled - lease.reserved < needed) {
      if (lease.want <= lease.got) this.#ask(edge, lease, lease.settled + lease.reserved + needed + BigInt(this.#pick([0, 0, 10, 30])));
      return;
    }
    const request = ++this.#requests;
    const requestId = makeId();
    const noLog = this.random() < 0.3;
    lease.reserved += needed;
    edge.slots.set(request, { epoch: edge.epoch, lease: name, price, noLog, requestId, counts, reserved: needed, cap: slice });
    this.truths.set(request, { account, price, noLog, edge, requestId, counts, recorded: [0, 0, 0], final: false, tick: false, peak: 0n });
    this.#say('edge', edge.index, 'admits', request, nameOf(name), noLog ? 'no-log' : '');
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
    const session = (await this.billing.sessions()).get(edge.edge.uuid);
    if (this.now > edge.frozenUntil && session?.epoch === edge.epoch && session.released) throw new Violation('forwarded after the session was released');
    const truth = this.truths.get(request)!;
    // The socket first, then the slot.
    truth.counts = [input, cached, output + 1];
    if (this.#chance(0.02)) {
      this.slack[truth.account] = this.slack[truth.account]! + 3n;
      truth.tick = true;
      return this.#kill(edge, `after a socket write of ${request}, before the slot write`);
    }
    slot.counts = truth.counts;
    if (this.random() < 0.15 && !slot.noLog) this.#record(edge, request, slot, false);
  }

  async #fault(): Promise<void> {
    const edge = this.#pick(this.edges);
    const fault = this.#pick(['kill', 'kill', 'kill', 'pause', 'pause', 'pause', 'cutoff', 'cutoff', 'failover', 'failover', 'failover', 'failover', 'billing', 'backlog', 'top', 'top', 'lost', 'limit', 'duplicate', 'wipe', 'wall'] as const);
    if (edge.lost && ['kill', 'pause', 'cutoff', 'lost'].includes(fault)) return;
    this.#say('fault', fault, 'edge', edge.index);
    switch (fault) {
      case 'kill':
        if (edge.downUntil === 0 && edge.pausedUntil <= this.now) this.#kill(edge, '');
        return;
      case 'pause':
        if (edge.downUntil > 0 || edge.pausedUntil > this.now) return;
        edge.pausedUntil = this.now + this.#pick([3, 20, 45, 80]);
        edge.pauseKind = this.#pick(['stop', 'suspend', 'freeze']);
        edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.pausedUntil);
        return;
      case 'cutoff':
        edge.cutOffUntil = Math.max(edge.cutOffUntil, this.now + this.#pick([5, 45, 60]));
        edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.cutOffUntil);
        return;
      case 'failover':
        this.#failover ??= { snapshot: await this.billing.snapshot(), at: this.now + this.#pick([0, 1, 1, 2, 4]) };
        return;
      case 'billing':
        this.#billingDownUntil = this.#billingUpSince = this.now + this.#pick([2, 10, 50]);
        return;
      case 'backlog':
        this.#backlogUntil = this.now + this.#pick([10, 40, 60]);
        return;
      case 'top':
        return this.#topUp(this.#pick([0, 1]), BigInt(this.#int(5, 40)));
      case 'lost':
        if (this.random() >= 0.5 || edge.downUntil > 0) return;
        edge.lost = true;
        this.#backlogUntil = Math.max(this.#backlogUntil, this.now + this.#pick([0, 60]));
        return;
      case 'limit':
        this.#limited = !this.#limited;
        return;
      case 'duplicate':
        if (this.billing.log[0].length > 0) this.billing.log[0].push(this.#pick(this.billing.log[0]));
        return;
      case 'wipe':
        if (this.random() >= 0.3) return;
        this.billing.wipe();
        this.wiped = true;
        return;
      case 'wall':
        edge.wall -= this.#pick([5, 50]);
    }
  }
}

/** The key of requests that no limit binds. */
const unlimitedKey = makeId();

const max = (amount: bigint) => (amount > 0n ? amount : 0n);
const big = (a: bigint, b: bigint) => (a > b ? a : b);

function totalName(epoch: number, lease: LeaseName, price: number): string {
  return `${epoch} ${nameOf(lease)} ${price}`;
}

/** As Postgres writes it. */
export function uuidOf(id: Buffer): string {
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** What the accounts may have at most, beside what they were credited. */
export const allowed = (world: World, account: number) => world.credit[account]! + overdrafts[account]! + world.slack[account]!;
