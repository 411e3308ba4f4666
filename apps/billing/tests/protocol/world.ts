import { randomBytes } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { isDataError } from '../../src/database-errors.ts';
import { Dice } from './dice.ts';
import { EdgeLife, grace, life, type EdgeRule, type Surrounding } from './edge-life.ts';
import { EdgeModel, nameOf } from './edge-model.ts';
import type { Message } from './message.ts';
import { overdrafts, type RealBilling, type Snapshot } from './real-billing.ts';
import { Violation, type Truth } from './truth.ts';

/** What goes wrong, as often as it is named. */
const faults = [
  ...(['kill', 'kill', 'kill', 'pause', 'pause', 'pause', 'cutoff', 'cutoff', 'lost', 'wall'] as const),
  ...(['failover', 'failover', 'failover', 'failover', 'billing', 'backlog', 'duplicate', 'wipe'] as const),
  ...(['top', 'top', 'limit'] as const),
];

/** A port of the lease protocol's model: edges and faults are modelled, billing is the real one on a real database. */
export class World implements Surrounding {
  readonly billing: RealBilling;
  readonly edges: EdgeModel[];
  readonly truths = new Map<number, Truth>();
  readonly credit = [0n, 0n];
  /** What forgotten grants, released holds and lost ticks explain: of what is delivered, and of loss:late. */
  readonly slack = [0n, 0n];
  readonly lateExplained = [0n, 0n];
  wiped = false;
  readonly trace: string[] = [];
  /** Whether requests of the key run under its limit now. */
  isKeyLimited = true;
  readonly #dice: Dice;
  readonly #life: EdgeLife;
  readonly #grants: { readonly id: Buffer; readonly account: number; readonly amount: bigint; made: boolean }[] = [];
  #network: { readonly at: number; readonly order: number; readonly edge: EdgeModel; readonly message: Message }[] = [];
  #billingDownUntil = 0;
  #billingUpSince = 0;
  #backlogUntil = 0;
  #failover: { readonly snapshot: Snapshot; readonly at: number } | undefined;

  constructor(billing: RealBilling, random: () => number, without: ReadonlySet<EdgeRule> = new Set()) {
    this.billing = billing;
    this.#dice = new Dice(random);
    this.#life = new EdgeLife(this, this.#dice, without);
    this.edges = Array.from({ length: random() < 0.67 ? 2 : 3 }, (_, index) => new EdgeModel(index));
  }

  get now(): number {
    return this.billing.step;
  }

  say(...what: readonly unknown[]): void {
    this.trace.push([this.now, ...what].join(' '));
  }

  async open(): Promise<void> {
    await this.billing.open();
    for (const account of [0, 1]) await this.#topUp(account, BigInt(this.#dice.int(20, 120)));
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.#tick();
      if (this.#dice.random() < 0.09) await this.#fault();
    }
    this.#dice.isCalm = true;
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
    for (const edge of this.edges) await this.#life.step(edge);
    if (this.#billingDownUntil <= this.now) {
      for (const account of [0, 1] as const) if (this.#backlogUntil <= this.now && this.#dice.often(0.6)) await this.#consume(account);
      if (this.#dice.often(0.3)) await this.#reconcile();
    }
    await this.onStep();
  }

  async #consume(account: 0 | 1): Promise<void> {
    const replay = this.#dice.chance(0.05) ? this.#dice.int(0, this.billing.log[account].length) : undefined;
    await this.billing.consume(account, this.#dice.int(1, 6), replay);
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
      this.say('released: edge', edge.index, 'epoch', session.epoch);
      if (!edge.lost && this.now - Math.max(edge.disturbedUntil, 0) > life + grace + 2 && edge.epoch === session.epoch)
        throw new Violation('an edge that was up and connected all the time was released');
      for (const row of rows.filter((one) => one.edge === edge.edge.uuid))
        this.#explain(row.account, max(row.granted - row.spent), edge.lost ? 0n : max(row.granted - row.spent));
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
    this.say('failover forgets steps', snapshot.step, 'to', this.now);
    const after = { rows: await this.billing.leases(), requests: await this.billing.requests() };
    // The bound on loss: what the leases held whose last SetLease is forgotten.
    for (const row of before.rows) {
      const now = after.rows.find(
        (one) => one.edge === row.edge && one.epoch === row.epoch && one.account === row.account && one.byKey === row.byKey,
      ) ?? { granted: 0n, spent: 0n, version: 0n };
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

  send(to: EdgeModel, message: Message): void {
    if (!this.#dice.isCalm && (this.#dice.random() < 0.05 || to.cutOffUntil > this.now)) return;
    for (let copies = this.#dice.chance(0.08) ? 2 : 1; copies > 0; copies--) {
      const delay =
        this.#dice.random() < 0.7 ? 0 : this.#dice.isCalm || this.#dice.random() < 0.75 ? this.#dice.int(1, 2) : this.#dice.int(3, 60);
      this.#network.push({ at: this.now + delay, order: this.#dice.random(), edge: to, message });
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
        this.send(edge, { to: 'edge', epoch, receive: (to) => this.#life.heartbeatAnswered(to, message.number, answer) });
      } else if (message.kind === 'set') {
        const answer = await this.billing.setLease(edge, epoch, message.name, message.version, message.want);
        if (answer.outcome === 'fenced') throw new TacetError('fenced');
        if (answer.outcome === 'set')
          this.send(edge, {
            to: 'edge',
            epoch,
            receive: (to) => this.#life.adopt(to, nameOf(message.name), answer.version, answer.grantedNano),
          });
      } else {
        const answer = await this.billing.append(edge, epoch, message.totals, message.final);
        this.send(edge, {
          to: 'edge',
          epoch,
          anyEpoch: true,
          receive: (to) => this.#life.totalsAnswered(to, answer.nologVersions, answer.foldedEpochs),
        });
      }
    } catch (error) {
      if (isDataError(error) || !(error instanceof TacetError)) throw error;
      if (error.code === 'fenced') this.send(edge, { to: 'edge', epoch, receive: (to) => this.#life.restart(to) });
    }
    await this.onChange();
  }

  async #fault(): Promise<void> {
    const edge = this.#dice.pick(this.edges);
    const fault = this.#dice.pick(faults);
    if (edge.lost && ['kill', 'pause', 'cutoff', 'lost'].includes(fault)) return;
    this.say('fault', fault, 'edge', edge.index);
    switch (fault) {
      case 'kill':
        if (edge.downUntil === 0 && edge.pausedUntil <= this.now) this.#life.kill(edge, '');
        return;
      case 'pause':
        if (edge.downUntil > 0 || edge.pausedUntil > this.now) return;
        edge.pausedUntil = this.now + this.#dice.pick([3, 20, 45, 80]);
        edge.pauseKind = this.#dice.pick(['stop', 'suspend', 'freeze']);
        edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.pausedUntil);
        return;
      case 'cutoff':
        edge.cutOffUntil = Math.max(edge.cutOffUntil, this.now + this.#dice.pick([5, 45, 60]));
        edge.disturbedUntil = Math.max(edge.disturbedUntil, edge.cutOffUntil);
        return;
      case 'failover':
        this.#failover ??= { snapshot: await this.billing.snapshot(), at: this.now + this.#dice.pick([0, 1, 1, 2, 4]) };
        return;
      case 'billing':
        this.#billingDownUntil = this.#billingUpSince = this.now + this.#dice.pick([2, 10, 50]);
        return;
      case 'backlog':
        this.#backlogUntil = this.now + this.#dice.pick([10, 40, 60]);
        return;
      case 'top':
        return this.#topUp(this.#dice.pick([0, 1]), BigInt(this.#dice.int(5, 40)));
      case 'lost':
        if (this.#dice.random() >= 0.5 || edge.downUntil > 0) return;
        edge.lost = true;
        this.#backlogUntil = Math.max(this.#backlogUntil, this.now + this.#dice.pick([0, 60]));
        return;
      case 'limit':
        this.isKeyLimited = !this.isKeyLimited;
        return;
      case 'duplicate':
        if (this.billing.log[0].length > 0) this.billing.log[0].push(this.#dice.pick(this.billing.log[0]));
        return;
      case 'wipe':
        if (this.#dice.random() >= 0.3) return;
        this.billing.wipe();
        this.wiped = true;
        return;
      case 'wall':
        edge.wall -= this.#dice.pick([5, 50]);
    }
  }
}

const max = (amount: bigint) => (amount > 0n ? amount : 0n);

/** As Postgres writes it. */
export function uuidOf(id: Buffer): string {
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** What the accounts may have at most, beside what they were credited. */
export const allowed = (world: World, account: number) => world.credit[account]! + overdrafts[account]! + world.slack[account]!;
