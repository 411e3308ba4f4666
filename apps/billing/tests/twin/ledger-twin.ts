/**
 * What billing does, one thing at a time and in memory: the slow, readable twin of the functions in
 * libs/database/migrations/main/01*.sql. Property tests hold the two to each other after every step. Money is nano-USD.
 */
import { charge, type Rates } from '@tacet/pricing';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { idBytes, nilUuid } from '../../src/rpc/fields.ts';

export interface TwinAccount {
  posted: bigint;
  held: bigint;
  overdraft: bigint;
  state: 'open' | 'suspended' | 'closing';
}

export interface TwinLease {
  granted: bigint;
  spent: bigint;
  version: bigint;
}

interface TwinSession {
  epoch: number;
  number: bigint;
  base: readonly bigint[];
  released: boolean;
}

interface TwinRequest {
  readonly record: UsageRecord;
  charge: bigint;
  billed: bigint;
  late: bigint;
}

interface Sums {
  input: bigint;
  cached: bigint;
  output: bigint;
  charged: bigint;
  late: bigint;
  bound: bigint;
}

interface TwinTotal {
  version: bigint;
  input: bigint;
  cached: bigint;
  output: bigint;
  billed: bigint;
  late: bigint;
}

export interface TwinKey {
  /** Today, where months of no-log keys say nothing of days; and this month, which is all the time there is here. */
  spentToday: bigint;
  spent: bigint;
  day: bigint;
  month: bigint;
  total: bigint;
}

export interface TwinLeaseCall {
  readonly edgeId: string;
  readonly epoch: number;
  readonly accountId: string;
  readonly keyId: string;
  readonly version: bigint;
  readonly targetNano: bigint;
  readonly limits: { readonly dayNano: bigint; readonly monthNano: bigint; readonly totalNano: bigint } | undefined;
}

export interface TwinLeaseAnswer {
  readonly outcome: 'set' | 'fenced' | 'no_session';
  readonly version: bigint;
  readonly granted: bigint;
}

const amountMax = 10n ** 15n;
const max = (a: bigint, b: bigint) => (a > b ? a : b);
const min = (a: bigint, b: bigint) => (a < b ? a : b);
const hold = (lease: TwinLease) => max(lease.granted - lease.spent, 0n);
const text = (id: Uint8Array) => Buffer.from(id).toString('hex');
const hex = (id: string) => id.replaceAll('-', '');

export class LedgerTwin {
  readonly prices: ReadonlyMap<number, Rates>;
  readonly accounts = new Map<string, TwinAccount>();
  /** By `edge epoch account key`. */
  readonly leases = new Map<string, TwinLease>();
  readonly sessions = new Map<string, TwinSession>();
  readonly progress = new Map<string, bigint>();
  readonly requests = new Map<string, TwinRequest>();
  readonly periods = new Map<string, Sums>();
  readonly totals = new Map<string, TwinTotal>();
  readonly folds = new Set<string>();
  readonly keys = new Map<string, TwinKey>();
  deadLetters = 0;
  deleted = 0n;

  constructor(prices: ReadonlyMap<number, Rates>) {
    this.prices = prices;
  }

  available(account: TwinAccount): bigint {
    return account.posted - account.held + account.overdraft;
  }

  /** Charges a lease with the difference of two charges; answers by how much the late part changes. */
  accrue(edge: string, epoch: number, accountId: string, key: string, delta: bigint, late: bigint): bigint {
    const account = this.accounts.get(accountId)!;
    const lease = this.#lease(edge, epoch, accountId, key);
    const holdBefore = hold(lease);
    lease.spent += delta;
    const holdChange = hold(lease) - holdBefore;
    const bare = delta + holdChange;
    const available = this.available(account);
    // What neither the hold nor the account covers is late; what comes back repays what was late first.
    const lateChange = delta > 0n ? max(bare - available, 0n) : -min(min(late, -delta), available - bare);
    account.posted -= delta - lateChange;
    account.held += holdChange;
    return lateChange;
  }

  /** Applies records in order of edge, partition and seq, each when it is next. */
  apply(records: readonly UsageRecord[]): void {
    const order = [...records].sort((a, b) => Buffer.compare(a.edgeId, b.edgeId) || a.partition - b.partition || Number(a.seq - b.seq));
    for (const record of order) {
      const sequence = `${text(record.edgeId)} ${record.partition}`;
      const applied = this.progress.get(sequence) ?? 0n;
      this.progress.set(sequence, applied);
      if (record.seq !== applied + 1n) continue;
      this.progress.set(sequence, record.seq);
      if (record.kind !== 'hole') this.#applyRecord(record);
    }
  }

  #applyRecord(record: UsageRecord): void {
    const rates = this.prices.get(record.priceVersion);
    if (!rates) return void this.deadLetters++;
    const cost = min(
      charge(rates, { input: BigInt(record.inputTokens), cached: BigInt(record.cachedTokens), output: BigInt(record.outputTokens) }),
      amountMax,
    );
    const billed = min(cost, min(record.reservedNano, amountMax));
    const accountId = text(record.accountId);
    if (!this.accounts.has(accountId)) {
      if (record.kind === 'final') this.deleted += billed;
      return;
    }
    const old = this.requests.get(text(record.requestId));
    const before = old?.record;
    const known = {
      input: BigInt(before?.inputTokens ?? 0),
      cached: BigInt(before?.cachedTokens ?? 0),
      output: BigInt(before?.outputTokens ?? 0),
      charge: old?.charge ?? 0n,
      billed: old?.billed ?? 0n,
      late: old?.late ?? 0n,
    };
    const key = record.leaseByKey ? text(record.keyId) : hex(nilUuid);
    const late = this.accrue(text(record.edgeId), record.leaseEpoch, accountId, key, billed - known.billed, known.late);
    this.requests.set(text(record.requestId), { record, charge: cost, billed, late: known.late + late });
    this.#book(`${accountId} day ${text(record.keyId)} ${record.priceVersion}`, {
      input: BigInt(record.inputTokens) - known.input,
      cached: BigInt(record.cachedTokens) - known.cached,
      output: BigInt(record.outputTokens) - known.output,
      charged: billed - known.billed - late,
      late,
      bound: cost - billed - (known.charge - known.billed),
    });
    this.#bookKey(accountId, text(record.keyId), billed - known.billed);
  }

  applyTotal(
    edge: string,
    epoch: number,
    accountId: string,
    key: string,
    price: number,
    version: bigint,
    counts: { input: bigint; cached: bigint; output: bigint },
  ): void {
    const rates = this.prices.get(price);
    if (this.folds.has(`${edge} ${epoch}`) || !this.accounts.has(accountId) || !rates) return;
    const name = `${edge} ${epoch} ${accountId} ${key} ${price}`;
    const old = this.totals.get(name) ?? { version: -1n, input: 0n, cached: 0n, output: 0n, billed: 0n, late: 0n };
    if (version <= old.version) return;
    const billed = min(charge(rates, counts), amountMax);
    const late = this.accrue(edge, epoch, accountId, key, billed - old.billed, old.late);
    this.totals.set(name, { version, ...counts, billed, late: old.late + late });
    this.#book(`${accountId} month ${key} ${price}`, {
      input: counts.input - old.input,
      cached: counts.cached - old.cached,
      output: counts.output - old.output,
      charged: billed - old.billed - late,
      late,
      bound: 0n,
    });
    this.#bookKey(accountId, key, billed - old.billed);
  }

  fold(edge: string, epoch: number): void {
    this.folds.add(`${edge} ${epoch}`);
    for (const name of this.totals.keys()) if (name.startsWith(`${edge} ${epoch} `)) this.totals.delete(name);
  }

  openSession(edge: string, epoch: number, base: readonly bigint[]): boolean {
    const known = this.sessions.get(edge);
    if (known && epoch <= known.epoch) return false;
    this.sessions.set(edge, { epoch, number: 0n, base, released: false });
    return true;
  }

  heartbeat(edge: string, epoch: number, number: bigint, base: readonly bigint[]): boolean {
    const known = this.sessions.get(edge);
    if (known && (epoch < known.epoch || (epoch === known.epoch && known.released))) return false;
    if (!known || epoch > known.epoch) this.openSession(edge, epoch, base);
    const session = this.sessions.get(edge)!;
    session.number = max(session.number, number);
    return true;
  }

  /** SetLease calls of one commit, in order of account, key, edge and epoch; answers come in the order of the calls. */
  setLeases(calls: readonly TwinLeaseCall[]): readonly TwinLeaseAnswer[] {
    for (const { accountId, keyId, limits } of calls)
      if (keyId !== nilUuid && this.accounts.has(hex(accountId))) this.#openKey(hex(accountId), hex(keyId), limits);
    const name = (call: TwinLeaseCall) => `${call.accountId} ${call.keyId} ${call.edgeId} ${String(call.epoch).padStart(10, '0')}`;
    const order = calls
      .map((call, at) => ({ call, at }))
      .sort((a, b) => (name(a.call) < name(b.call) ? -1 : name(a.call) > name(b.call) ? 1 : a.at - b.at));
    const answers: TwinLeaseAnswer[] = [];
    for (const { call, at } of order) answers[at] = this.#setLease(call);
    return answers;
  }

  #setLease(call: TwinLeaseCall): TwinLeaseAnswer {
    const edge = hex(call.edgeId);
    const accountId = hex(call.accountId);
    const key = hex(call.keyId);
    const account = this.accounts.get(accountId);
    const session = this.sessions.get(edge);
    const known = this.leases.get(`${edge} ${call.epoch} ${accountId} ${key}`);
    const lease = known ?? { granted: 0n, spent: 0n, version: -1n };
    if (!session || call.epoch > session.epoch) return { outcome: 'no_session', version: max(lease.version, 0n), granted: lease.granted };
    if (call.epoch < session.epoch || session.released)
      return { outcome: 'fenced', version: max(lease.version, 0n), granted: lease.granted };
    if (!account) return { outcome: 'set', version: call.version, granted: 0n };
    if (call.version <= lease.version) return { outcome: 'set', version: max(lease.version, 0n), granted: lease.granted };
    const free = account.state === 'open' ? max(this.available(account), 0n) : 0n;
    // What was spent beyond the grant is paid already.
    const base = max(lease.granted, min(call.targetNano, lease.spent));
    const holdBefore = hold(lease);
    const growth = min(call.targetNano - base, min(free, this.#room(accountId, key)));
    lease.granted = call.targetNano > base ? base + growth : call.targetNano;
    lease.version = call.version;
    this.leases.set(`${edge} ${call.epoch} ${accountId} ${key}`, lease);
    account.held += hold(lease) - holdBefore;
    return { outcome: 'set', version: lease.version, granted: lease.granted };
  }

  /** What a key may still be granted. */
  #room(accountId: string, key: string): bigint {
    const limits = this.keys.get(`${accountId} ${key}`);
    if (!limits) return amountMax * amountMax;
    const rooms = [limits.day - limits.spentToday, limits.month - limits.spent, limits.total - limits.spent].filter(
      (_, at) => [limits.day, limits.month, limits.total][at]! > 0n,
    );
    let held = 0n;
    for (const [name, lease] of this.leases) if (name.endsWith(` ${accountId} ${key}`)) held += hold(lease);
    return rooms.length === 0 ? amountMax * amountMax : max(rooms.reduce(min) - held, 0n);
  }

  #openKey(accountId: string, key: string, limits: TwinLeaseCall['limits']): void {
    const name = `${accountId} ${key}`;
    if (!this.keys.has(name)) {
      let [spent, spentToday] = [0n, 0n];
      for (const [period, sums] of this.periods) {
        const [account, length, of] = period.split(' ');
        if (account !== accountId || of !== key) continue;
        spent += sums.charged + sums.late;
        if (length === 'day') spentToday += sums.charged + sums.late;
      }
      this.keys.set(name, { spentToday, spent, day: 0n, month: 0n, total: 0n });
    }
    const known = this.keys.get(name)!;
    if (limits) Object.assign(known, { day: limits.dayNano, month: limits.monthNano, total: limits.totalNano });
  }

  #lease(edge: string, epoch: number, accountId: string, key: string): TwinLease {
    const name = `${edge} ${epoch} ${accountId} ${key}`;
    const lease = this.leases.get(name) ?? { granted: 0n, spent: 0n, version: 0n };
    this.leases.set(name, lease);
    return lease;
  }

  /** Drops the leases of dead epochs, as far as they may go. */
  sweep(edge: string): void {
    const session = this.sessions.get(edge);
    if (!session) return;
    for (const [name, lease] of this.leases) {
      const [of, epochText = '', accountId = ''] = name.split(' ');
      const epoch = Number(epochText);
      if (of !== edge || epoch > session.epoch || (epoch === session.epoch && !session.released)) continue;
      const partition = partitionOf(idBytes(accountId));
      const settled =
        this.folds.has(`${edge} ${epoch}`) && (this.progress.get(`${edge} ${partition}`) ?? 0n) >= (session.base[partition] ?? 0n);
      if (!session.released && !settled) continue;
      this.accounts.get(accountId)!.held -= hold(lease);
      this.leases.delete(name);
    }
  }

  release(edge: string): void {
    const session = this.sessions.get(edge);
    if (session) session.released = true;
  }

  #book(period: string, change: Sums): void {
    const sums = this.periods.get(period) ?? { input: 0n, cached: 0n, output: 0n, charged: 0n, late: 0n, bound: 0n };
    for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += change[name];
    this.periods.set(period, sums);
  }

  #bookKey(accountId: string, key: string, delta: bigint): void {
    const known = this.keys.get(`${accountId} ${key}`);
    if (!known) return;
    known.spent += delta;
    known.spentToday += delta;
  }
}
