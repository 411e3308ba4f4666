import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Identity, RpcClient } from '@tacet/rpc';
import { collect, LedgerDoor, testModel } from './support/ledger-door.ts';
import { makeId } from './support/make.ts';

let door: LedgerDoor;

beforeAll(async () => {
  door = await LedgerDoor.open();
});

afterAll(() => door.ledger.stop());

const allowed: { readonly [R in Exclude<keyof RpcClient<'Ledger'>, 'close'>]: readonly Identity[] } = {
  OpenEdgeSession: ['edge'],
  Heartbeat: ['edge'],
  SetLease: ['edge'],
  AppendUsage: ['edge'],
  GetKeySpend: ['edge'],
  GetGeneration: ['edge'],
  OpenAccount: ['account'],
  GetBalance: ['account', 'operator'],
  ListUsage: ['account', 'operator'],
  ListTransfers: ['account', 'operator'],
  ListStatement: ['account', 'operator'],
  CreateCheckout: ['account'],
  CreatePortal: ['account'],
  SetAutoTopUp: ['account'],
  GetPayments: ['account', 'operator'],
  RefundTopUp: ['operator'],
  CloseAccount: ['account'],
  ForgetAccount: ['account'],
  GrantCredit: ['operator'],
  CorrectBalance: ['operator'],
  ListDeadLetters: ['operator'],
  RetryDeadLetters: ['operator'],
  SetOverdraft: ['operator'],
  SuspendAccount: ['account', 'operator'],
  ApplyPrices: ['operator'],
  CheckLedger: ['operator'],
};

test.each(['edge', 'account', 'key-service', 'billing', 'pruner', 'operator'] as const)(
  '%s may call what the proto gives it, and nothing else',
  async (identity) => {
    const client = await door.ledger.as(identity);
    for (const [rpc, identities] of Object.entries(allowed)) {
      const answer: unknown = client[rpc as keyof typeof allowed]({});
      const attempt = Symbol.asyncIterator in (answer as object) ? collect(answer as AsyncIterable<unknown>) : (answer as Promise<unknown>);
      const error: unknown = await attempt.catch((e: unknown) => e);
      expect([rpc, (error as { code?: string }).code === 'rpc_not_allowed']).toEqual([rpc, !identities.includes(identity)]);
    }
  },
);

describe('accounts and credit', () => {
  test('an account is opened once, however often it is asked for', async () => {
    const accountId = await door.newAccount(0n);
    await door.operator.GrantCredit({ accountId, amountNano: '5', grantId: randomBytes(16) });
    await door.account.OpenAccount({ accountId });
    expect(await door.balance(accountId)).toEqual({ posted: 5n, held: 0n, available: 5n, suspended: false });
    await expect(door.account.GetBalance({ accountId: makeId() })).rejects.toMatchObject({ code: 'not_found' });
    await expect(door.account.GetBalance({ accountId: Buffer.alloc(3) })).rejects.toMatchObject({
      code: 'field_invalid',
      param: 'account_id',
    });
  });

  test('a repeated grant is the same grant; its id for another amount or account is a conflict', async () => {
    const accountId = await door.newAccount(0n);
    const grantId = randomBytes(16);
    for (let i = 0; i < 3; i++) expect((await door.operator.GrantCredit({ accountId, amountNano: '70', grantId })).postedNano).toBe('70');
    await expect(door.operator.GrantCredit({ accountId, amountNano: '71', grantId })).rejects.toMatchObject({ code: 'conflict' });
    await expect(door.operator.GrantCredit({ accountId: await door.newAccount(0n), amountNano: '70', grantId })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(door.operator.GrantCredit({ accountId, amountNano: '0', grantId: randomBytes(16) })).rejects.toMatchObject({
      code: 'field_invalid',
    });
    const transfers = await collect(door.account.ListTransfers({ accountId }));
    expect(transfers).toMatchObject([{ amountNano: '70', counterpart: 'promo', kind: 'grant' }]);
  });

  test('many grants at once are each made once', async () => {
    const accountId = await door.newAccount(0n);
    const grants = Array.from({ length: 20 }, () => randomBytes(16));
    await Promise.all(
      [...grants, ...grants, ...grants].map((grantId) => door.operator.GrantCredit({ accountId, amountNano: '1', grantId })),
    );
    expect((await door.balance(accountId)).posted).toBe(20n);
  });

  test('an overdraft is spent like money, and cannot be taken away while it is used', async () => {
    const accountId = await door.newAccount(0n);
    const one = await door.newEdge();
    expect((await door.operator.SetOverdraft({ accountId, overdraftNano: '40' })).availableNano).toBe('40');
    expect((await door.setLease(one, accountId, 1, 100n)).grant!.grantedNano).toBe('40');
    await expect(door.operator.SetOverdraft({ accountId, overdraftNano: '39' })).rejects.toMatchObject({ code: 'conflict' });
    await door.setLease(one, accountId, 2, 0n);
    expect((await door.operator.SetOverdraft({ accountId, overdraftNano: '0' })).availableNano).toBe('0');
  });

  test('a suspended account is refused new leases but gives old ones back, and every edge learns of it', async () => {
    const accountId = await door.newAccount(100n);
    const one = await door.newEdge();
    await door.setLease(one, accountId, 1, 30n);
    const before = await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1, stateRevision: 0 });
    await door.account.SuspendAccount({ accountId, suspended: true });
    expect((await door.balance(accountId)).suspended).toBe(true);
    expect(await door.setLease(one, accountId, 2, 50n)).toMatchObject({ grant: { grantedNano: '30' }, refusal: 'REFUSAL_SUSPENDED' });
    expect(await door.setLease(one, accountId, 3, 10n)).toMatchObject({ grant: { grantedNano: '10' }, refusal: 'REFUSAL_NONE' });
    const after = await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2, stateRevision: before.stateRevision });
    expect(after.accountStates).toEqual([{ accountId, suspended: true }]);
    const fresh = await door.edge.OpenEdgeSession({ edgeId: randomBytes(16), epoch: 1, base: [] });
    expect(fresh.suspendedAccounts).toContainEqual(accountId);
    await door.operator.SuspendAccount({ accountId, suspended: false });
    const again = await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3, stateRevision: after.stateRevision });
    expect(again.accountStates).toEqual([{ accountId, suspended: false }]);
    expect(again.accountStatesComplete).toBe(false);
    const ahead = await door.edge.Heartbeat({
      edgeId: one.id,
      epoch: 1,
      number: 4,
      stateRevision: String(BigInt(again.stateRevision) + 5n),
    });
    expect(ahead.accountStatesComplete).toBe(true);
    expect(ahead.accountStates.every((state) => state.suspended)).toBe(true);
    expect(ahead.accountStates).not.toContainEqual(expect.objectContaining({ accountId }));
  });
});

describe('prices', () => {
  test('a price list applied again adds nothing; a changed price is a new version, and so is the old one when it returns', async () => {
    const modelId = 'mistral';
    const apply = (inputPico: string, contextTokens = 4_096) =>
      door.operator.ApplyPrices({
        models: [{ model: { ...testModel, modelId, contextTokens }, inputPico, cachedPico: '1', outputPico: '2' }],
      });
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
    const one = await door.newEdge();
    const { catalogRevision } = await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 });
    expect((await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2, catalogRevision })).models).toEqual([]);
    await door.operator.ApplyPrices({
      models: [{ model: { ...testModel, modelId: 'new-one' }, inputPico: '1', cachedPico: '1', outputPico: '1' }],
    });
    const newer = await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3, catalogRevision });
    expect(newer.models.map(({ modelId }) => modelId)).toContain('new-one');
    expect(newer.prices.length).toBeGreaterThan(1);
  });

  test.each([
    ['an empty model id', { model: { ...testModel, modelId: '' }, inputPico: '1', cachedPico: '1', outputPico: '1' }],
    ['a negative rate', { model: testModel, inputPico: '-1', cachedPico: '1', outputPico: '1' }],
    ['an absurd rate', { model: testModel, inputPico: '1000000000001', cachedPico: '1', outputPico: '1' }],
    ['no model', { inputPico: '1', cachedPico: '1', outputPico: '1' }],
  ])('%s is refused and publishes nothing', async (_, wrong) => {
    await expect(
      door.operator.ApplyPrices({
        models: [{ model: { ...testModel, modelId: 'beside' }, inputPico: '1', cachedPico: '1', outputPico: '1' }, wrong],
      }),
    ).rejects.toMatchObject({ code: 'field_invalid' });
    const { rows } = await door.ledger.owner.query("SELECT FROM billing.model WHERE model_id = 'beside'");
    expect(rows).toEqual([]);
  });
});

test('after all of this the books are in order', async () => {
  expect(await door.brokenInvariants()).toEqual([]);
});
