import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Identity, RpcClient } from '@tacet/rpc';
import { partitionOf } from '@tacet/usage';
import { encode, makeId, TestEdge } from './support/make.ts';
import { startLedger, type LedgerClient, type StartedLedger } from './support/start-ledger.ts';

let ledger: StartedLedger;
let edge: LedgerClient;
let account: LedgerClient;
let operator: LedgerClient;
let priceVersion: number;

const model = { modelId: 'llama', contextTokens: 8_192, outputDefault: 512, overheadTokens: 16, mediaTokensMax: 1_024 };

beforeAll(async () => {
  ledger = await startLedger();
  [edge, account, operator] = await Promise.all([ledger.as('edge'), ledger.as('account'), ledger.as('operator')]);
  const { models } = await operator.ApplyPrices({ models: [{ model, inputPico: '3000', cachedPico: '1000', outputPico: '7000' }] });
  priceVersion = models[0]!.priceVersion;
});

afterAll(() => ledger.stop());

async function newAccount(nano: bigint): Promise<Buffer> {
  const accountId = makeId();
  await account.OpenAccount({ accountId });
  if (nano > 0n) await operator.GrantCredit({ accountId, amountNano: nano.toString(), grantId: randomBytes(16) });
  return accountId;
}

async function newEdge(): Promise<TestEdge> {
  const one = new TestEdge();
  await edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] });
  return one;
}

function setLease(of: TestEdge, accountId: Buffer, version: number, target: bigint, more: { keyId?: Buffer; epoch?: number; day?: bigint; month?: bigint; total?: bigint } = {}) {
  return edge.SetLease({
    edgeId: of.id,
    epoch: more.epoch ?? 1,
    target: { lease: { accountId, keyId: more.keyId ?? Buffer.alloc(0) }, version, targetGrantedNano: target.toString() },
    keyLimitDayNano: (more.day ?? 0n).toString(),
    keyLimitMonthNano: (more.month ?? 0n).toString(),
    keyLimitTotalNano: (more.total ?? 0n).toString(),
  });
}

async function balance(accountId: Buffer) {
  const { postedNano, heldNano, availableNano, suspended } = await account.GetBalance({ accountId });
  return { posted: BigInt(postedNano), held: BigInt(heldNano), available: BigInt(availableNano), suspended };
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

const allowed: { readonly [R in Exclude<keyof RpcClient<'Ledger'>, 'close'>]: readonly Identity[] } = {
  OpenEdgeSession: ['edge'],
  Heartbeat: ['edge'],
  SetLease: ['edge'],
  AppendUsage: ['edge'],
  OpenAccount: ['account'],
  GetBalance: ['account', 'operator'],
  ListUsage: ['account', 'operator'],
  ListTransfers: ['account', 'operator'],
  CloseAccount: ['account'],
  ForgetAccount: ['account'],
  GrantCredit: ['operator'],
  SetOverdraft: ['operator'],
  SuspendAccount: ['account', 'operator'],
  ApplyPrices: ['operator'],
  CheckLedger: ['operator'],
};

test.each(['edge', 'account', 'key-service', 'billing', 'pruner', 'operator'] as const)('%s may call what the proto gives it, and nothing else', async (identity) => {
  const client = await ledger.as(identity);
  for (const [rpc, identities] of Object.entries(allowed)) {
    const answer: unknown = client[rpc as keyof typeof allowed]({});
    const attempt = Symbol.asyncIterator in (answer as object) ? collect(answer as AsyncIterable<unknown>) : (answer as Promise<unknown>);
    const error: unknown = await attempt.catch((e: unknown) => e);
    expect([rpc, (error as { code?: string }).code === 'rpc_not_allowed']).toEqual([rpc, !identities.includes(identity)]);
  }
});

describe('accounts and credit', () => {
  test('an account is opened once, however often it is asked for', async () => {
    const accountId = await newAccount(0n);
    await operator.GrantCredit({ accountId, amountNano: '5', grantId: randomBytes(16) });
    await account.OpenAccount({ accountId });
    expect(await balance(accountId)).toEqual({ posted: 5n, held: 0n, available: 5n, suspended: false });
    await expect(account.GetBalance({ accountId: makeId() })).rejects.toMatchObject({ code: 'not_found' });
    await expect(account.GetBalance({ accountId: Buffer.alloc(3) })).rejects.toMatchObject({ code: 'field_invalid', param: 'account_id' });
  });

  test('a repeated grant is the same grant; its id for another amount or account is a conflict', async () => {
    const accountId = await newAccount(0n);
    const grantId = randomBytes(16);
    for (let i = 0; i < 3; i++) expect((await operator.GrantCredit({ accountId, amountNano: '70', grantId })).postedNano).toBe('70');
    await expect(operator.GrantCredit({ accountId, amountNano: '71', grantId })).rejects.toMatchObject({ code: 'conflict' });
    await expect(operator.GrantCredit({ accountId: await newAccount(0n), amountNano: '70', grantId })).rejects.toMatchObject({ code: 'conflict' });
    await expect(operator.GrantCredit({ accountId, amountNano: '0', grantId: randomBytes(16) })).rejects.toMatchObject({ code: 'field_invalid' });
    const transfers = await collect(account.ListTransfers({ accountId }));
    expect(transfers).toMatchObject([{ amountNano: '70', counterpart: 'promo', kind: 'grant' }]);
  });

  test('many grants at once are each made once', async () => {
    const accountId = await newAccount(0n);
    const grants = Array.from({ length: 20 }, () => randomBytes(16));
    await Promise.all([...grants, ...grants, ...grants].map((grantId) => operator.GrantCredit({ accountId, amountNano: '1', grantId })));
    expect((await balance(accountId)).posted).toBe(20n);
  });

  test('an overdraft is spent like money, and cannot be taken away while it is used', async () => {
    const accountId = await newAccount(0n);
    const one = await newEdge();
    expect((await operator.SetOverdraft({ accountId, overdraftNano: '40' })).availableNano).toBe('40');
    expect((await setLease(one, accountId, 1, 100n)).grant!.grantedNano).toBe('40');
    await expect(operator.SetOverdraft({ accountId, overdraftNano: '39' })).rejects.toMatchObject({ code: 'conflict' });
    await setLease(one, accountId, 2, 0n);
    expect((await operator.SetOverdraft({ accountId, overdraftNano: '0' })).availableNano).toBe('0');
  });

  test('a suspended account is refused new leases but gives old ones back, and every edge learns of it', async () => {
    const accountId = await newAccount(100n);
    const one = await newEdge();
    await setLease(one, accountId, 1, 30n);
    const before = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1, stateRevision: 0 });
    await account.SuspendAccount({ accountId, suspended: true });
    expect((await balance(accountId)).suspended).toBe(true);
    expect(await setLease(one, accountId, 2, 50n)).toMatchObject({ grant: { grantedNano: '30' }, refusal: 'REFUSAL_SUSPENDED' });
    expect(await setLease(one, accountId, 3, 10n)).toMatchObject({ grant: { grantedNano: '10' }, refusal: 'REFUSAL_NONE' });
    const after = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2, stateRevision: before.stateRevision });
    expect(after.accountStates).toEqual([{ accountId, suspended: true }]);
    const fresh = await edge.OpenEdgeSession({ edgeId: randomBytes(16), epoch: 1, base: [] });
    expect(fresh.suspendedAccounts).toContainEqual(accountId);
    await operator.SuspendAccount({ accountId, suspended: false });
    const again = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3, stateRevision: after.stateRevision });
    expect(again.accountStates).toEqual([{ accountId, suspended: false }]);
    expect(again.accountStatesComplete).toBe(false);
    const ahead = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 4, stateRevision: String(BigInt(again.stateRevision) + 5n) });
    expect(ahead.accountStatesComplete).toBe(true);
    expect(ahead.accountStates.every((state) => state.suspended)).toBe(true);
    expect(ahead.accountStates).not.toContainEqual(expect.objectContaining({ accountId }));
  });
});

describe('prices', () => {
  test('a price list applied again adds nothing; a changed price is a new version, and so is the old one when it returns', async () => {
    const modelId = 'mistral';
    const apply = (inputPico: string, contextTokens = 4_096) => operator.ApplyPrices({ models: [{ model: { ...model, modelId, contextTokens }, inputPico, cachedPico: '1', outputPico: '2' }] });
    const versionOf = ({ models }: Awaited<ReturnType<typeof apply>>) => models.find((one) => one.modelId === modelId)!.priceVersion;
    const first = await apply('10');
    expect(first.added).toBe(1);
    expect((await apply('10')).added).toBe(0);
    const limits = await apply('10', 9_999);
    expect([limits.added, versionOf(limits)]).toEqual([0, versionOf(first)]);
    const dearer = await apply('11');
    const back = await apply('10');
    expect([dearer.added, back.added]).toEqual([1, 1]);
    expect(new Set([versionOf(first), versionOf(dearer), versionOf(back)]).size).toBe(3);
    expect(back.prices.filter((price) => price.modelId === modelId).map((price) => price.inputPico)).toEqual(['10', '11', '10']);
  });

  test('an edge gets the catalogue when its own is old, and only then', async () => {
    const one = await newEdge();
    const { catalogRevision } = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 });
    expect((await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2, catalogRevision })).models).toEqual([]);
    await operator.ApplyPrices({ models: [{ model: { ...model, modelId: 'new-one' }, inputPico: '1', cachedPico: '1', outputPico: '1' }] });
    const newer = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3, catalogRevision });
    expect(newer.models.map(({ modelId }) => modelId)).toContain('new-one');
    expect(newer.prices.length).toBeGreaterThan(1);
  });

  test.each([
    ['an empty model id', { model: { ...model, modelId: '' }, inputPico: '1', cachedPico: '1', outputPico: '1' }],
    ['a negative rate', { model, inputPico: '-1', cachedPico: '1', outputPico: '1' }],
    ['an absurd rate', { model, inputPico: '1000000000001', cachedPico: '1', outputPico: '1' }],
    ['no model', { inputPico: '1', cachedPico: '1', outputPico: '1' }],
  ])('%s is refused and publishes nothing', async (_, wrong) => {
    await expect(operator.ApplyPrices({ models: [{ model: { ...model, modelId: 'beside' }, inputPico: '1', cachedPico: '1', outputPico: '1' }, wrong] })).rejects.toMatchObject({ code: 'field_invalid' });
    const { rows } = await ledger.owner.query("SELECT FROM billing.model WHERE model_id = 'beside'");
    expect(rows).toEqual([]);
  });
});

describe('sessions and leases', () => {
  test('an epoch is used once: older ones and repeated openings are fenced', async () => {
    const one = await newEdge();
    await expect(edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] })).rejects.toMatchObject({ code: 'fenced' });
    await edge.OpenEdgeSession({ edgeId: one.id, epoch: 3, base: [] });
    const accountId = await newAccount(100n);
    await expect(setLease(one, accountId, 1, 10n, { epoch: 1 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(edge.Heartbeat({ edgeId: one.id, epoch: 2, number: 1 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(setLease(one, accountId, 1, 10n, { epoch: 4 })).rejects.toMatchObject({ code: 'conflict' });
    await edge.Heartbeat({ edgeId: one.id, epoch: 4, number: 1 });
    expect((await setLease(one, accountId, 1, 10n, { epoch: 4 })).grant!.grantedNano).toBe('10');
  });

  test('a released epoch is refused for ever, and a new one starts clean', async () => {
    const one = await newEdge();
    await ledger.owner.query('UPDATE billing.edge_session SET released = true WHERE edge_id = $1', [one.uuid]);
    const accountId = await newAccount(100n);
    await expect(edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 9 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(setLease(one, accountId, 1, 10n)).rejects.toMatchObject({ code: 'fenced' });
    await expect(edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] })).rejects.toMatchObject({ code: 'fenced' });
    await edge.OpenEdgeSession({ edgeId: one.id, epoch: 2, base: [] });
    expect((await setLease(one, accountId, 1, 10n, { epoch: 2 })).refusal).toBe('REFUSAL_NONE');
  });

  test('only a greater number moves the expiry', async () => {
    const one = await newEdge();
    const expiry = async () => (await ledger.owner.query<{ at: Date }>('SELECT expires_at AS at FROM billing.edge_session WHERE edge_id = $1', [one.uuid])).rows[0]!.at.getTime();
    await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 5 });
    const at = await expiry();
    await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 5 });
    await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 4 });
    expect(await expiry()).toBe(at);
    await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 6 });
    expect(await expiry()).toBeGreaterThan(at);
  });

  test('the newer version wins; a repeated or late call changes nothing and is told what is', async () => {
    const one = await newEdge();
    const accountId = await newAccount(100n);
    expect(await setLease(one, accountId, 5, 60n)).toMatchObject({ grant: { version: '5', grantedNano: '60' }, postedNano: '100', heldNano: '60', refusal: 'REFUSAL_NONE' });
    expect(await setLease(one, accountId, 4, 10n)).toMatchObject({ grant: { version: '5', grantedNano: '60' } });
    expect(await setLease(one, accountId, 5, 60n)).toMatchObject({ grant: { version: '5', grantedNano: '60' } });
    const beat = await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1, leases: [{ lease: { accountId }, version: 6, targetGrantedNano: '20' }] });
    expect(beat.leases).toEqual([{ lease: { accountId, keyId: Buffer.alloc(0) }, version: '6', grantedNano: '20' }]);
    expect((await balance(accountId)).held).toBe(20n);
  });

  test('refusals are told apart: no money, money held by others, an account that is not there', async () => {
    const [one, two] = [await newEdge(), await newEdge()];
    const accountId = await newAccount(100n);
    expect(await setLease(one, accountId, 1, 101n)).toMatchObject({ grant: { grantedNano: '100' }, refusal: 'REFUSAL_INSUFFICIENT_BALANCE' });
    expect(await setLease(two, accountId, 1, 40n)).toMatchObject({ grant: { grantedNano: '0' }, refusal: 'REFUSAL_IN_FLIGHT', postedNano: '100', heldNano: '100' });
    expect(await setLease(two, makeId(), 1, 1n)).toMatchObject({ grant: { grantedNano: '0' }, refusal: 'REFUSAL_UNKNOWN_ACCOUNT' });
  });

  test('an edge that holds what another waits for is asked to give back, in its next heartbeat and not for ever', async () => {
    const [one, two] = [await newEdge(), await newEdge()];
    const accountId = await newAccount(100n);
    await setLease(one, accountId, 1, 100n);
    expect((await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 })).shrink).toEqual([]);
    await setLease(two, accountId, 1, 40n);
    expect((await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2 })).shrink).toEqual([{ accountId, keyId: Buffer.alloc(0) }]);
    expect((await edge.Heartbeat({ edgeId: two.id, epoch: 1, number: 1 })).shrink).toEqual([]);
    await ledger.owner.query("UPDATE billing.lease_wait SET refused_at = refused_at - interval '11 s' WHERE account_id = $1", [accountId.toString('hex')]);
    expect((await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3 })).shrink).toEqual([]);
  });

  test('2,000 calls at once on a poor account, from three edges, never promise more than it has', async () => {
    const edges = [await newEdge(), await newEdge(), await newEdge()];
    const accountId = await newAccount(500n);
    const versions = [0, 0, 0];
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, at) => setLease(edges[at % 3]!, accountId, ++versions[at % 3]!, BigInt(1 + Math.floor(at / 3)))),
    );
    expect(answers.some(({ refusal }) => refusal !== 'REFUSAL_NONE')).toBe(true);
    const { rows } = await ledger.owner.query<{ granted: string }>('SELECT sum(granted)::text AS granted FROM billing.spend_lease WHERE account_id = $1', [accountId.toString('hex')]);
    expect(rows[0]!.granted).toBe('500');
    expect(await balance(accountId)).toMatchObject({ held: 500n, available: 0n });
  });

  test('a key is held to its limits, with what it has spent and what its leases hold', async () => {
    const [one, two] = [await newEdge(), await newEdge()];
    const accountId = await newAccount(1_000n);
    const keyId = makeId();
    expect(await setLease(one, accountId, 1, 60n, { keyId, day: 100n, month: 90n })).toMatchObject({ grant: { grantedNano: '60' }, refusal: 'REFUSAL_NONE' });
    expect(await setLease(two, accountId, 1, 50n, { keyId, day: 100n, month: 90n })).toMatchObject({ grant: { grantedNano: '30' }, refusal: 'REFUSAL_IN_FLIGHT' });
    expect(await setLease(two, accountId, 2, 130n, { keyId, day: 100n, month: 90n })).toMatchObject({ refusal: 'REFUSAL_KEY_LIMIT' });
    // Another key of the account is not touched.
    expect((await setLease(two, accountId, 3, 500n, { keyId: makeId(), total: 600n })).refusal).toBe('REFUSAL_NONE');
    // 10 output tokens at 7 nano are spent: what the hold lost, the limit lost too.
    await edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(one.emit(accountId, { keyId, leaseByKey: true, priceVersion, inputTokens: 0, outputTokens: 5 })) });
    expect(await setLease(one, accountId, 2, 35n, { keyId, day: 100n, month: 90n })).toMatchObject({ grant: { grantedNano: '35' } });
    expect(await setLease(two, accountId, 4, 200n, { keyId, day: 100n, month: 90n })).toMatchObject({ grant: { grantedNano: '55' }, refusal: 'REFUSAL_KEY_LIMIT' });
    const { rows } = await ledger.owner.query('SELECT day_nano, month_nano, total_nano FROM billing.key_spend WHERE key_id = $1', [keyId.toString('hex')]);
    expect(rows).toEqual([{ day_nano: 35n, month_nano: 35n, total_nano: 35n }]);
  });

  test.each([
    ['an epoch of 0', { epoch: 0 }],
    ['a version of 0', { version: 0 }],
    ['a negative target', { target: -1n }],
    ['an absurd target', { target: 10n ** 18n + 1n }],
  ])('%s is refused', async (_, { epoch = 1, version = 1, target = 1n }: { epoch?: number; version?: number; target?: bigint }) => {
    await expect(setLease(new TestEdge(), makeId(), version, target, { epoch })).rejects.toMatchObject({ code: 'field_invalid' });
  });
});

describe('usage over the direct door', () => {
  test('records are applied as they come, and the answer says how far', async () => {
    const one = await newEdge();
    const accountId = await newAccount(1_000n);
    const records = [one.emit(accountId, { priceVersion, inputTokens: 10, outputTokens: 10 }), one.emit(accountId, { priceVersion, inputTokens: 0, outputTokens: 1 })];
    const { applied } = await edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(...records) });
    expect(applied).toEqual([{ partition: partitionOf(accountId), seq: '2' }]);
    await edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(...records) });
    expect((await balance(accountId)).posted).toBe(1_000n - 100n - 7n);
  });

  test('a record of another edge, one of a wrong length, and too many are refused', async () => {
    const [one, two] = [await newEdge(), await newEdge()];
    const accountId = await newAccount(10n);
    const [record] = encode(two.emit(accountId, { priceVersion }));
    await expect(edge.AppendUsage({ edgeId: one.id, epoch: 1, records: [record!] })).rejects.toMatchObject({ code: 'field_invalid' });
    await expect(edge.AppendUsage({ edgeId: one.id, epoch: 1, records: [record!.subarray(1)] })).rejects.toMatchObject({ code: 'field_invalid' });
    await expect(edge.AppendUsage({ edgeId: one.id, epoch: 1, records: Array.from({ length: 4_097 }, () => record!) })).rejects.toMatchObject({ code: 'batch_too_large' });
  });

  test('totals replace each other by version, are folded with their epoch and refused ever after', async () => {
    const one = await newEdge();
    const accountId = await newAccount(1_000n);
    const total = (version: number, outputTokens: number) => ({ accountId, priceVersion, version, inputTokens: 0, cachedTokens: 0, outputTokens });
    const first = await edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(2, 10)] });
    expect(first.nologVersions).toEqual([{ epoch: 1, accountId, keyId: Buffer.alloc(0), priceVersion, version: '2' }]);
    await edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(1, 5)] });
    expect((await balance(accountId)).posted).toBe(1_000n - 70n);
    const folded = await edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(3, 20)], final: true });
    expect(folded).toMatchObject({ nologVersions: [], foldedEpochs: [1] });
    await edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(9, 90)] });
    expect((await balance(accountId)).posted).toBe(1_000n - 140n);
    expect((await edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 })).foldedEpochs).toEqual([1]);
    const usage = await collect(account.ListUsage({ accountId }));
    expect(usage.map((row) => row.row)).toEqual(['period']);
    expect(usage[0]!.period).toMatchObject({ noLog: true, outputTokens: '20', chargedNano: '140', modelId: 'llama', keyId: Buffer.alloc(0) });
  });

  test('usage is listed newest first with its model and in full, then its sums; a range and a limit cut it', async () => {
    const one = await newEdge();
    const accountId = await newAccount(10_000n);
    const dayMs = 86_400_000;
    const requests = [0, 1, 2].map((days) => makeId(Date.now() - days * dayMs));
    for (const requestId of requests) {
      await edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(one.emit(accountId, { priceVersion, requestId, inputTokens: 2, cachedTokens: 3, outputTokens: 4, reservedNano: 30n })) });
    }
    const listed = await collect(account.ListUsage({ accountId }));
    expect(listed.map((row) => row.request?.requestId ?? row.row)).toEqual([...requests, 'period']);
    expect(listed[0]!.request).toMatchObject({ modelId: 'llama', inputTokens: '2', cachedTokens: '3', outputTokens: '4', chargeNano: '37', chargedNano: '30', status: 'ok', usageSource: 'exact', route: 'chat_completions', final: true });
    expect(listed[3]!.period).toMatchObject({ period: new Date().toISOString().slice(0, 10), chargedNano: '90', noLog: false, closed: false });
    const middle = await collect(operator.ListUsage({ accountId, fromMs: Date.now() - 1.5 * dayMs, toMs: Date.now() - 0.5 * dayMs }));
    expect(middle.map((row) => row.request?.requestId ?? row.row)).toEqual([requests[1]]);
    const newest = await collect(operator.ListUsage({ accountId, requestsMax: 1 }));
    expect(newest.map((row) => row.request?.requestId ?? row.row)).toEqual([requests[0], 'period']);
  });
});

test('after all of this the books are in order', async () => {
  const { invariants } = await operator.CheckLedger({}, { deadlineMs: 60_000 });
  expect(invariants.map(({ number, holds, examples }) => ({ number, holds, examples }))).toEqual([1, 2, 3, 4, 5].map((number) => ({ number, holds: true, examples: [] })));
  expect(invariants.every(({ checked }) => BigInt(checked) > 0n)).toBe(true);
});
