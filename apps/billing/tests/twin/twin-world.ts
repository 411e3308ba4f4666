import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { RpcCall } from '@tacet/rpc';
import type { UsageRecord } from '@tacet/usage';
import { openSession, renewSession } from '../../src/leases/session.ts';
import { setLeases } from '../../src/leases/set-leases.ts';
import { sweepLeases } from '../../src/leases/sweep-leases.ts';
import { createGrantCredit } from '../../src/rpc/grant-credit.ts';
import { createOpenAccount } from '../../src/rpc/open-account.ts';
import { createSetOverdraft } from '../../src/rpc/set-overdraft.ts';
import { createSuspendAccount } from '../../src/rpc/suspend-account.ts';
import { nilUuid } from '../../src/rpc/fields.ts';
import { applyTotals } from '../../src/usage/apply-totals.ts';
import { encode, makeId, TestEdge, uuid } from '../support/make.ts';
import type { OpenBilling } from '../support/open-billing.ts';
import { readBooks, twinBooks } from './compare-books.ts';
import { LedgerTwin, type TwinLeaseCall } from './ledger-twin.ts';

/** Price versions of the worlds: small rates, so that charges are small numbers. Version 3 is not published. */
export const worldPrices = new Map([
  [1, { inputPico: 3_000n, cachedPico: 1_000n, outputPico: 7_000n }],
  [2, { inputPico: 4_000n, cachedPico: 1_500n, outputPico: 9_001n }],
]);

/** One thing that happens; numbers are reduced to what exists. */
export type Step = {
  readonly op: StepName;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
};
export const stepNames = [
  'emit',
  'deliver',
  'lease',
  'leases',
  'open',
  'heartbeat',
  'sweep',
  'release',
  'total',
  'fold',
  'grant',
  'overdraft',
  'suspend',
] as const;
export type StepName = (typeof stepNames)[number];

const operator: RpcCall = { caller: 'operator', signal: new AbortController().signal };
const lifetimeMs = 300_000;

/** Two edges and three accounts (one of them unknown to billing), in the database and in the twin at once. */
export class TwinWorld {
  readonly twin = new LedgerTwin(worldPrices);
  readonly #billing: OpenBilling;
  readonly #edges = [new TestEdge(), new TestEdge()];
  readonly #epochs = [1, 1];
  readonly #versions = [0n, 0n];
  readonly #numbers = [0n, 0n];
  /** Every version of totals that was ever sent: old ones may come late. */
  readonly #totals = new Map<string, { version: bigint; input: bigint; cached: bigint; output: bigint }[]>();
  readonly #accounts = [makeId(), makeId(), makeId()];
  readonly #keys = [makeId(), makeId()];
  readonly #requests: (Partial<UsageRecord> & { readonly edge: number; readonly accountId: Buffer })[] = [];

  constructor(billing: OpenBilling) {
    this.#billing = billing;
  }

  async open(): Promise<void> {
    for (const account of this.#accounts.slice(0, 2)) {
      await createOpenAccount(this.#billing.pool)({ accountId: account }, operator);
      this.twin.accounts.set(account.toString('hex'), { posted: 0n, held: 0n, overdraft: 0n, state: 'open' });
    }
    for (const edge of [0, 1]) await this.#openSession(edge, 1);
  }

  async take({ op, a, b, c, d, e }: Step): Promise<void> {
    const edge = a % 2;
    switch (op) {
      case 'emit':
        return this.#emit(edge, b, c, d, e);
      case 'deliver':
        return this.#deliver(edge, b, c, d, e);
      case 'lease':
        return this.#lease([this.#leaseCall(edge, b, c, d, e)]);
      case 'leases':
        return this.#lease(
          Array.from({ length: 2 + (e % 5) }, (_, at) => this.#leaseCall((edge + at) % 2, b + at, c + (at >> 1), d + at * 7, e + at * 3)),
        );
      case 'open':
        return this.#openSession(edge, this.#epochs[edge]! + (b % 4 === 0 ? 0 : 1));
      case 'heartbeat':
        return this.#heartbeat(edge, b);
      case 'sweep':
        return this.#sweep(edge);
      case 'release':
        return this.#release(edge);
      case 'total':
        return this.#total(edge, b, c, d, e);
      case 'fold':
        return this.#fold(edge, Math.max(1, this.#epochs[edge]! - (b % 3)));
      case 'grant':
        return this.#grant(b % 2, BigInt(1 + (c % 250)));
      case 'overdraft':
        return this.#overdraft(b % 2, BigInt(c % 30));
      case 'suspend':
        return this.#suspend(b % 2, c % 2 === 0);
    }
  }

  /** Both have the same books. */
  async compare(): Promise<void> {
    const books = await readBooks(
      this.#billing.pool,
      this.#accounts.map(uuid),
      this.#edges.map((edge) => edge.uuid),
    );
    expect(books).toEqual(twinBooks(this.twin));
  }

  /** Appends to an outbox: a record of a running request, or of a new one. */
  #emit(edge: number, b: number, c: number, d: number, e: number): void {
    const running = this.#requests.filter((request) => request.edge === edge);
    let request = b % 3 === 0 ? undefined : running[c % Math.max(running.length, 1)];
    if (!request) {
      const priceVersion = [1, 1, 1, 2, 2, 3][c % 6]!;
      request = {
        edge,
        accountId: this.#accounts[[0, 0, 0, 1, 1, 2][d % 6]!]!,
        keyId: this.#keys[e % 2]!,
        requestId: makeId(),
        leaseByKey: d % 5 === 0,
        leaseEpoch: this.#epochs[edge]!,
        priceVersion,
      };
      this.#requests.push(request);
    }
    const { edge: _, accountId, ...fields } = request;
    const kind = e % 11 === 0 ? 'hole' : e % 3 === 0 ? 'final' : 'checkpoint';
    this.#edges[edge]!.emit(accountId, {
      ...fields,
      kind,
      inputTokens: d % 8,
      cachedTokens: e % 5,
      outputTokens: c % 12,
      reservedNano: BigInt(b % 7 === 0 ? c % 40 : 500),
    });
  }

  /** Hands a part of an outbox over: from anywhere, in any order, some of it twice. */
  async #deliver(edge: number, b: number, c: number, d: number, e: number): Promise<void> {
    const { outbox } = this.#edges[edge]!;
    const undelivered = outbox.findIndex(
      (record) => record.seq > (this.twin.progress.get(`${Buffer.from(record.edgeId).toString('hex')} ${record.partition}`) ?? 0n),
    );
    const from = b % 3 === 0 ? c % Math.max(outbox.length, 1) : Math.max(undelivered, 0);
    const batch = outbox.slice(from, from + 1 + (d % 12));
    if (e % 4 === 0) batch.push(...batch.slice(0, 2));
    if (e % 3 === 0) batch.reverse();
    const parts = e % 5 === 0 ? batch.map((record) => [record]) : [batch];
    for (const part of parts) {
      if (part.length === 0) continue;
      this.twin.apply(part);
      await this.#billing.writer.write(await this.#billing.writer.read(encode(...part)));
    }
  }

  #leaseCall(edge: number, b: number, c: number, d: number, e: number): TwinLeaseCall {
    const old = e % 4 === 0;
    if (!old) this.#versions[edge] = this.#versions[edge]! + 1n;
    const version = old ? BigInt(1 + (e % Number(this.#versions[edge]! + 1n))) : this.#versions[edge]!;
    const epoch = Math.max(1, this.#epochs[edge]! + [0, 0, 0, 0, 0, -1, 1][c % 7]!);
    const keyId = b % 3 === 0 ? uuid(this.#keys[b % 2]!) : nilUuid;
    const limits = {
      dayNano: BigInt(c % 2 === 0 ? 0 : 20 + (d % 50)),
      monthNano: BigInt(d % 3 === 0 ? 70 : 0),
      totalNano: BigInt(e % 3 === 0 ? 90 : 0),
    };
    const accountId = uuid(this.#accounts[[0, 0, 0, 1, 1, 2][c % 6]!]!);
    return {
      edgeId: this.#edges[edge]!.uuid,
      epoch,
      accountId,
      keyId,
      version,
      targetNano: BigInt(d % 120),
      limits: keyId === nilUuid || e % 5 === 0 ? undefined : limits,
    };
  }

  async #lease(calls: readonly TwinLeaseCall[]): Promise<void> {
    const expected = this.twin.setLeases(calls);
    const answers = await setLeases(this.#billing.pool, calls);
    expect(answers.map(({ outcome, version, grantedNano }) => ({ outcome, version, granted: grantedNano }))).toEqual(expected);
    for (const [at, { outcome, grantedNano, refusal }] of answers.entries()) {
      const { version, targetNano } = calls[at]!;
      if (outcome === 'set' && answers[at]!.version === version) expect(refusal === 'REFUSAL_NONE').toBe(grantedNano >= targetNano);
    }
  }

  async #openSession(edge: number, epoch: number): Promise<void> {
    const { uuid: edgeId, base } = this.#edges[edge]!;
    const opened = this.twin.openSession(edgeId.replaceAll('-', ''), epoch, base);
    expect(await openSession(this.#billing.pool, { edgeId, epoch, base }, lifetimeMs)).toBe(opened);
    if (opened) [this.#epochs[edge], this.#versions[edge], this.#numbers[edge]] = [epoch, 0n, 0n];
  }

  async #heartbeat(edge: number, b: number): Promise<void> {
    const { uuid: edgeId, base } = this.#edges[edge]!;
    const epoch = Math.max(1, this.#epochs[edge]! - (b % 5 === 0 ? 1 : 0));
    this.#numbers[edge] = this.#numbers[edge]! + 1n;
    const number = b % 3 === 0 ? 1n : this.#numbers[edge];
    const renewed = this.twin.heartbeat(edgeId.replaceAll('-', ''), epoch, number, base);
    expect(await renewSession(this.#billing.pool, { edgeId, epoch, base }, number, lifetimeMs)).toBe(renewed);
  }

  async #sweep(edge: number): Promise<void> {
    this.twin.sweep(this.#edges[edge]!.id.toString('hex'));
    await sweepLeases(this.#billing.pool, this.#edges[edge]!.uuid);
  }

  /** As the reconciler does once its conditions hold. */
  async #release(edge: number): Promise<void> {
    this.twin.release(this.#edges[edge]!.id.toString('hex'));
    await this.#billing.owner.query('UPDATE billing.edge_session SET released = true WHERE edge_id = $1', [this.#edges[edge]!.uuid]);
    await this.#sweep(edge);
  }

  async #total(edge: number, b: number, c: number, d: number, e: number): Promise<void> {
    const accountId = this.#accounts[[0, 0, 0, 0, 1, 2][b % 6]!]!;
    const keyId = c % 4 === 0 ? uuid(this.#keys[0]!) : nilUuid;
    const priceVersion = [1, 1, 1, 2, 3][d % 5]!;
    const epoch = Math.max(1, this.#epochs[edge]! - (e % 3 === 0 ? 1 : 0));
    const name = `${edge} ${epoch} ${uuid(accountId)} ${keyId} ${priceVersion}`;
    const history = this.#totals.get(name) ?? [{ version: 0n, input: 0n, cached: 0n, output: 0n }];
    const newest = history.at(-1)!;
    const next = {
      version: newest.version + 1n,
      input: newest.input + BigInt(c % 4),
      cached: newest.cached + BigInt(d % 3),
      output: newest.output + BigInt(e % 6),
    };
    const now = e % 5 === 0 ? history[d % history.length]! : next;
    if (now === next) history.push(next);
    this.#totals.set(name, history);
    const edgeId = this.#edges[edge]!.uuid;
    this.twin.applyTotal(
      edgeId.replaceAll('-', ''),
      epoch,
      accountId.toString('hex'),
      keyId.replaceAll('-', ''),
      priceVersion,
      now.version,
      now,
    );
    await applyTotals(this.#billing.pool, edgeId, epoch, [
      {
        accountId: uuid(accountId),
        keyId,
        priceVersion,
        version: now.version,
        inputTokens: now.input,
        cachedTokens: now.cached,
        outputTokens: now.output,
      },
    ]);
  }

  async #fold(edge: number, epoch: number): Promise<void> {
    this.twin.fold(this.#edges[edge]!.id.toString('hex'), epoch);
    await this.#billing.pool.query('SELECT billing.fold_epoch($1, $2)', [this.#edges[edge]!.uuid, epoch]);
  }

  async #grant(account: number, amount: bigint): Promise<void> {
    this.twin.accounts.get(this.#accounts[account]!.toString('hex'))!.posted += amount;
    await createGrantCredit(this.#billing.pool)(
      { accountId: this.#accounts[account]!, grantId: randomBytes(16), amountNano: amount.toString() },
      operator,
    );
  }

  async #overdraft(account: number, amount: bigint): Promise<void> {
    const known = this.twin.accounts.get(this.#accounts[account]!.toString('hex'))!;
    const request = { accountId: this.#accounts[account]!, overdraftNano: amount.toString() };
    if (known.posted - known.held < -amount)
      await expect(createSetOverdraft(this.#billing.pool)(request, operator)).rejects.toMatchObject({ code: 'conflict' });
    else {
      known.overdraft = amount;
      await createSetOverdraft(this.#billing.pool)(request, operator);
    }
  }

  async #suspend(account: number, suspended: boolean): Promise<void> {
    this.twin.accounts.get(this.#accounts[account]!.toString('hex'))!.state = suspended ? 'suspended' : 'open';
    await createSuspendAccount(this.#billing.pool)({ accountId: this.#accounts[account]!, suspended }, operator);
  }
}
