import { randomBytes } from 'node:crypto';
import type { AppendUsageResponse } from '@tacet/rpc/types/ledger/v1/AppendUsageResponse';
import type { HeartbeatResponse } from '@tacet/rpc/types/ledger/v1/HeartbeatResponse';
import type { RpcCall } from '@tacet/rpc';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { checkInvariant, wholeScope } from '../../src/invariants/invariant.ts';
import { invariants } from '../../src/invariants/invariants.ts';
import { RecordReader } from '../../src/kafka/record-reader.ts';
import type { ReadableLog } from '../../src/kafka/usage-topic.ts';
import { Watchdog } from '../../src/kafka/watchdog.ts';
import type { LeaseAnswer, LeaseCall } from '../../src/leases/set-leases.ts';
import { releaseLostEdges } from '../../src/reconcile/release-lost-edges.ts';
import type { ServingClock } from '../../src/reconcile/serving-clock.ts';
import { createAppendUsage } from '../../src/rpc/append-usage.ts';
import { nilUuid } from '../../src/rpc/fields.ts';
import { createGrantCredit } from '../../src/rpc/grant-credit.ts';
import { createHeartbeat } from '../../src/rpc/heartbeat.ts';
import { createOpenAccount } from '../../src/rpc/open-account.ts';
import { sessionTimes } from '../../src/session-times.ts';
import { encode, makeId, uuid } from '../support/make.ts';
import type { OpenBilling } from '../support/open-billing.ts';
import type { EdgeModel, LeaseName, Total } from './edge-model.ts';

/** One step of a world is this long for the sessions in the database. */
const stepMs = 10_000;

/** The accounts' overdrafts, and the total limit of the one key that has one. */
export const overdrafts = [0n, 15n] as const;
export const keyLimit = 60n;

const edgeCall: RpcCall = { caller: 'edge', signal: new AbortController().signal };

/** The tables that a failover can throw back, in an order that foreign keys allow. */
const tables = [
  'balance',
  'edge_session',
  'edge_progress',
  'kafka_offset',
  'spend_lease',
  'key_spend',
  'usage_request',
  'usage_period',
  'nolog_total',
  'nolog_fold',
  'ledger_transfer',
  'dead_letter',
  'discrepancy',
];

/** A lease in the database. */
export interface LeaseRow {
  readonly edge: string;
  readonly epoch: number;
  readonly account: number;
  readonly byKey: boolean;
  readonly granted: bigint;
  readonly spent: bigint;
  readonly version: bigint;
}

export interface Snapshot {
  readonly step: number;
  readonly contents: string;
}

/**
 * Billing as it really is, on a real database, for a world whose time, Kafka and network are its own: calls of edges, a
 * log in memory, a reconciler, and failovers that throw the tables back.
 */
export class RealBilling implements ReadableLog {
  readonly name = 'usage.world';
  readonly accounts: readonly [Buffer, Buffer];
  readonly keyId = makeId();
  /** By account: its partition's log. */
  log: [UsageRecord[], UsageRecord[]] = [[], []];
  step = 0;
  /** For how long the world says that billing has served. */
  servedSteps = 0;
  readonly #billing: OpenBilling;
  readonly #reader: RecordReader;
  readonly #watchdog: Watchdog;
  readonly #heartbeat: ReturnType<typeof createHeartbeat>;
  readonly #append: ReturnType<typeof createAppendUsage>;
  readonly #times = sessionTimes(30 * stepMs);
  readonly #serving = { look: () => this.servedSteps * stepMs, interrupt: () => undefined } as unknown as ServingClock;
  readonly #positions: [number, number] = [0, 0];

  constructor(billing: OpenBilling) {
    this.#billing = billing;
    const { pool, metrics, events } = billing;
    this.#reader = new RecordReader(pool, billing.writer, this);
    this.#watchdog = new Watchdog({
      pool,
      topic: this,
      consumer: { assigned: [] },
      metrics,
      events,
      everyMs: 1,
      stalledMs: 1,
      onStalled: () => undefined,
    });
    this.#heartbeat = createHeartbeat(billing.pool, billing.desk, this.#times, this.#serving, billing.events);
    this.#append = createAppendUsage(billing.pool, billing.writer, billing.metrics);
    const first = makeId();
    let second = makeId();
    while (partitionOf(second) === partitionOf(first)) second = makeId();
    this.accounts = [first, second];
  }

  async open(): Promise<void> {
    await this.#billing.owner.query(`TRUNCATE ${tables.map((table) => `billing.${table}`).join(', ')}`);
    await this.#billing.owner.query("UPDATE billing.postgres_timeline SET timeline = '', seen_at = '-infinity'");
    for (const [at, accountId] of this.accounts.entries()) {
      await createOpenAccount(this.#billing.pool)({ accountId }, edgeCall);
      await this.#billing.owner.query('UPDATE billing.balance SET overdraft = $2 WHERE account_id = $1', [uuid(accountId), overdrafts[at]]);
    }
    await this.reconcile();
    await this.#billing.owner.query("UPDATE billing.postgres_timeline SET seen_at = '-infinity'");
  }

  /** Time goes on by a step: what the database remembers of it is a step older. */
  async passTime(): Promise<void> {
    this.step++;
    await this.#shift(1);
  }

  async #shift(steps: number): Promise<void> {
    await this.#billing.owner.query(
      `UPDATE billing.edge_session SET expires_at = expires_at - interval '${steps * stepMs} ms'; UPDATE billing.postgres_timeline SET seen_at = seen_at - interval '${steps * stepMs} ms'`,
    );
  }

  grant(account: number, grantId: Buffer, amount: bigint) {
    return createGrantCredit(this.#billing.pool)({ accountId: this.accounts[account]!, grantId, amountNano: amount.toString() }, edgeCall);
  }

  heartbeat(
    { edge, epoch, base }: { readonly edge: EdgeModel; readonly epoch: number; readonly base: readonly bigint[] },
    number: number,
    leases: readonly { name: LeaseName; version: bigint; want: bigint }[],
  ): Promise<HeartbeatResponse> {
    return this.#heartbeat(
      {
        edgeId: edge.edge.id,
        epoch,
        number: String(number),
        base: base.map((seq, partition) => ({ partition, seq: seq.toString() })),
        leases: leases.map(({ name, version, want }) => ({
          lease: { accountId: this.accounts[name.account]!, keyId: name.byKey ? this.keyId : Buffer.alloc(0) },
          version: version.toString(),
          targetGrantedNano: want.toString(),
        })),
        catalogRevision: '0',
        stateRevision: '0',
      },
      edgeCall,
    );
  }

  setLease(edge: EdgeModel, epoch: number, name: LeaseName, version: bigint, targetNano: bigint): Promise<LeaseAnswer> {
    const limits = { dayNano: 0n, monthNano: 0n, totalNano: keyLimit };
    const call: LeaseCall = {
      edgeId: edge.edge.uuid,
      epoch,
      accountId: uuid(this.accounts[name.account]!),
      keyId: name.byKey ? uuid(this.keyId) : nilUuid,
      version,
      targetNano,
      limits: name.byKey ? limits : undefined,
    };
    return this.#billing.desk.set(call);
  }

  append(edge: EdgeModel, epoch: number, totals: readonly Omit<Total, 'epoch'>[], final: boolean): Promise<AppendUsageResponse> {
    return this.#append(
      {
        edgeId: edge.edge.id,
        epoch,
        records: [],
        totals: totals.map(({ lease, price, version, counts }) => ({
          accountId: this.accounts[lease.account]!,
          keyId: lease.byKey ? this.keyId : Buffer.alloc(0),
          priceVersion: price,
          version: version.toString(),
          inputTokens: String(counts[0]),
          cachedTokens: String(counts[1]),
          outputTokens: String(counts[2]),
        })),
        final,
      },
      edgeCall,
    );
  }

  async readBounds() {
    return Array.from({ length: 12 }, (_, partition) => {
      const account = this.accounts.findIndex((accountId) => partitionOf(accountId) === partition);
      return { low: 0n, high: BigInt(account < 0 ? 0 : this.log[account as 0 | 1].length) };
    });
  }

  async readClusterId(): Promise<string> {
    return 'world';
  }

  /** Reads up to `most` messages of a log, as a consumer does: from where it is, or from `from` (a zombie, a replay). */
  async consume(account: 0 | 1, most: number, from?: number): Promise<void> {
    const log = this.log[account];
    const at = Math.min(from ?? this.#positions[account], log.length);
    const messages = log.slice(at, at + most).map((record, after) => ({ offset: BigInt(at + after), record: encode(record)[0]! }));
    if (messages.length === 0) return;
    if (from !== undefined) this.#reader.forgetPositions();
    const elsewhere = await this.#reader.apply(partitionOf(this.accounts[account]), messages, async (next) => {
      this.#positions[account] = Number(next);
    });
    if (elsewhere) this.#positions[account] = Number(elsewhere.seekTo);
  }

  /** Kafka comes back empty. */
  wipe(): void {
    this.log = [[], []];
  }

  async ensure(): Promise<void> {}

  async reconcile(): Promise<void> {
    await this.#watchdog.look();
    const usageLog = { name: this.name, readLogEnds: async () => (await this.readBounds()).map(({ high }) => high) };
    const { pool, metrics, events } = this.#billing;
    await releaseLostEdges({ pool, times: this.#times, usageLog, serving: this.#serving, metrics, events });
  }

  async snapshot(): Promise<Snapshot> {
    const parts = tables.map((table) => `'${table}', (SELECT coalesce(json_agg(t), '[]') FROM billing.${table} t)`);
    const { rows } = await this.#billing.owner.query<{ contents: string }>(
      `SELECT json_build_object(${parts.join(', ')})::text AS contents`,
    );
    return { step: this.step, contents: rows[0]!.contents };
  }

  /** A failover: everything since the snapshot is forgotten, but time went on, and the timeline is another. */
  async restore({ step, contents }: Snapshot): Promise<void> {
    const parts = tables.map(
      (table) =>
        `INSERT INTO billing.${table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::billing.${table}, $$${contents}$$::json -> '${table}');`,
    );
    await this.#billing.owner.query(
      `BEGIN; TRUNCATE ${tables.map((table) => `billing.${table}`).join(', ')}; ${parts.join(' ')} UPDATE billing.postgres_timeline SET timeline = '${randomBytes(4).toString('hex')}'; COMMIT`,
    );
    await this.#shift(this.step - step);
  }

  async leases(): Promise<readonly LeaseRow[]> {
    const { rows } = await this.#billing.pool.query<{
      edge: string;
      epoch: bigint;
      account: string;
      key: string;
      granted: bigint;
      spent: bigint;
      version: bigint;
    }>('SELECT edge_id AS edge, epoch, account_id AS account, key_id AS key, granted, spent, version FROM billing.spend_lease');
    return rows.map((row) => ({
      ...row,
      epoch: Number(row.epoch),
      account: row.account === uuid(this.accounts[0]) ? 0 : 1,
      byKey: row.key !== nilUuid,
    }));
  }

  /** By edge: whether its session is released, and of which epoch. */
  async sessions(): Promise<ReadonlyMap<string, { readonly epoch: number; readonly released: boolean }>> {
    const { rows } = await this.#billing.pool.query<{ edge: string; epoch: bigint; released: boolean }>(
      'SELECT edge_id AS edge, epoch, released FROM billing.edge_session',
    );
    return new Map(rows.map(({ edge, epoch, released }) => [edge, { epoch: Number(epoch), released }]));
  }

  /** By account: what it has, what its losses are, and what the limited key has spent and holds. */
  async balances(): Promise<readonly { readonly posted: bigint; readonly held: bigint; readonly late: bigint }[]> {
    const { rows } = await this.#billing.pool.query<{ account: string; posted: bigint; held: bigint; late: bigint }>(
      `SELECT account_id AS account, posted, held, (SELECT coalesce(sum(late), 0)::bigint FROM billing.usage_period u WHERE u.account_id = b.account_id) AS late FROM billing.balance b`,
    );
    return this.accounts.map((accountId) => rows.find((row) => row.account === uuid(accountId))!);
  }

  async keySpent(): Promise<bigint> {
    const { rows } = await this.#billing.pool.query<{ total: bigint }>(
      'SELECT total_nano AS total FROM billing.key_spend WHERE key_id = $1',
      [uuid(this.keyId)],
    );
    return rows[0]?.total ?? 0n;
  }

  /** By request id: what was billed. */
  async requests(): Promise<ReadonlyMap<string, bigint>> {
    const { rows } = await this.#billing.pool.query<{ id: string; billed: bigint }>(
      'SELECT request_id AS id, billed FROM billing.usage_request',
    );
    return new Map(rows.map(({ id, billed }) => [id, billed]));
  }

  /** By account, key and price: what no-log totals were charged. */
  async noLogCharges(): Promise<ReadonlyMap<string, bigint>> {
    const { rows } = await this.#billing.pool.query<{ account: string; key: string; price: bigint; billed: bigint }>(
      'SELECT account_id AS account, key_id AS key, price_version AS price, sum(charged + late)::bigint AS billed FROM billing.usage_period WHERE no_log GROUP BY 1, 2, 3',
    );
    return new Map(
      rows.map(({ account, key, price, billed }) => [
        `${account === uuid(this.accounts[0]) ? 0 : 1}${key === nilUuid ? '' : ' by key'} ${price}`,
        billed,
      ]),
    );
  }

  /** The numbers of invariants that do not hold. */
  async brokenInvariants(): Promise<readonly number[]> {
    const broken: number[] = [];
    for (const invariant of invariants)
      if ((await checkInvariant(this.#billing.pool, invariant, wholeScope)).violations > 0n) broken.push(invariant.number);
    return broken;
  }
}
