import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { collect, LedgerDoor } from './support/ledger-door.ts';
import { encode, makeId, TestEdge } from './support/make.ts';

let door: LedgerDoor;

beforeAll(async () => {
  door = await LedgerDoor.open();
});

afterAll(() => door.ledger.stop());

describe('sessions and leases', () => {
  test('an epoch is used once: older ones and repeated openings are fenced', async () => {
    const one = await door.newEdge();
    await expect(door.edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] })).rejects.toMatchObject({ code: 'fenced' });
    await door.edge.OpenEdgeSession({ edgeId: one.id, epoch: 3, base: [] });
    const accountId = await door.newAccount(100n);
    await expect(door.setLease(one, accountId, 1, 10n, { epoch: 1 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(door.edge.Heartbeat({ edgeId: one.id, epoch: 2, number: 1 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(door.setLease(one, accountId, 1, 10n, { epoch: 4 })).rejects.toMatchObject({ code: 'conflict' });
    await door.edge.Heartbeat({ edgeId: one.id, epoch: 4, number: 1 });
    expect((await door.setLease(one, accountId, 1, 10n, { epoch: 4 })).grant!.grantedNano).toBe('10');
  });

  test('a released epoch is refused for ever, and a new one starts clean', async () => {
    const one = await door.newEdge();
    await door.ledger.owner.query('UPDATE billing.edge_session SET released = true WHERE edge_id = $1', [one.uuid]);
    const accountId = await door.newAccount(100n);
    await expect(door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 9 })).rejects.toMatchObject({ code: 'fenced' });
    await expect(door.setLease(one, accountId, 1, 10n)).rejects.toMatchObject({ code: 'fenced' });
    await expect(door.edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] })).rejects.toMatchObject({ code: 'fenced' });
    await door.edge.OpenEdgeSession({ edgeId: one.id, epoch: 2, base: [] });
    expect((await door.setLease(one, accountId, 1, 10n, { epoch: 2 })).refusal).toBe('REFUSAL_NONE');
  });

  test('only a greater number moves the expiry', async () => {
    const one = await door.newEdge();
    const expiry = async () =>
      (
        await door.ledger.owner.query<{ at: Date }>('SELECT expires_at AS at FROM billing.edge_session WHERE edge_id = $1', [one.uuid])
      ).rows[0]!.at.getTime();
    await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 5 });
    const at = await expiry();
    await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 5 });
    await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 4 });
    expect(await expiry()).toBe(at);
    await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 6 });
    expect(await expiry()).toBeGreaterThan(at);
  });

  test('the newer version wins; a repeated or late call changes nothing and is told what is', async () => {
    const one = await door.newEdge();
    const accountId = await door.newAccount(100n);
    expect(await door.setLease(one, accountId, 5, 60n)).toMatchObject({
      grant: { version: '5', grantedNano: '60' },
      postedNano: '100',
      heldNano: '60',
      refusal: 'REFUSAL_NONE',
    });
    expect(await door.setLease(one, accountId, 4, 10n)).toMatchObject({ grant: { version: '5', grantedNano: '60' } });
    expect(await door.setLease(one, accountId, 5, 60n)).toMatchObject({ grant: { version: '5', grantedNano: '60' } });
    const beat = await door.edge.Heartbeat({
      edgeId: one.id,
      epoch: 1,
      number: 1,
      leases: [{ lease: { accountId }, version: 6, targetGrantedNano: '20' }],
    });
    expect(beat.leases).toEqual([{ lease: { accountId, keyId: Buffer.alloc(0) }, version: '6', grantedNano: '20' }]);
    expect((await door.balance(accountId)).held).toBe(20n);
  });

  test('refusals are told apart: no money, money held by others, an account that is not there', async () => {
    const [one, two] = [await door.newEdge(), await door.newEdge()];
    const accountId = await door.newAccount(100n);
    expect(await door.setLease(one, accountId, 1, 101n)).toMatchObject({
      grant: { grantedNano: '100' },
      refusal: 'REFUSAL_INSUFFICIENT_BALANCE',
    });
    expect(await door.setLease(two, accountId, 1, 40n)).toMatchObject({
      grant: { grantedNano: '0' },
      refusal: 'REFUSAL_IN_FLIGHT',
      postedNano: '100',
      heldNano: '100',
    });
    expect(await door.setLease(two, makeId(), 1, 1n)).toMatchObject({ grant: { grantedNano: '0' }, refusal: 'REFUSAL_UNKNOWN_ACCOUNT' });
  });

  test('an edge that holds what another waits for is asked to give back, in its next heartbeat and not for ever', async () => {
    const [one, two] = [await door.newEdge(), await door.newEdge()];
    const accountId = await door.newAccount(100n);
    await door.setLease(one, accountId, 1, 100n);
    expect((await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 })).shrink).toEqual([]);
    await door.setLease(two, accountId, 1, 40n);
    expect((await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 2 })).shrink).toEqual([{ accountId, keyId: Buffer.alloc(0) }]);
    expect((await door.edge.Heartbeat({ edgeId: two.id, epoch: 1, number: 1 })).shrink).toEqual([]);
    await door.ledger.owner.query("UPDATE billing.lease_wait SET refused_at = refused_at - interval '11 s' WHERE account_id = $1", [
      accountId.toString('hex'),
    ]);
    expect((await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 3 })).shrink).toEqual([]);
  });

  test('2,000 calls at once on a poor account, from three edges, never promise more than it has', async () => {
    const edges = [await door.newEdge(), await door.newEdge(), await door.newEdge()];
    const accountId = await door.newAccount(500n);
    const versions = [0, 0, 0];
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, at) =>
        door.setLease(edges[at % 3]!, accountId, ++versions[at % 3]!, BigInt(1 + Math.floor(at / 3))),
      ),
    );
    expect(answers.some(({ refusal }) => refusal !== 'REFUSAL_NONE')).toBe(true);
    const { rows } = await door.ledger.owner.query<{ granted: string }>(
      'SELECT sum(granted)::text AS granted FROM billing.spend_lease WHERE account_id = $1',
      [accountId.toString('hex')],
    );
    expect(rows[0]!.granted).toBe('500');
    expect(await door.balance(accountId)).toMatchObject({ held: 500n, available: 0n });
  });

  test('a key is held to its limits, with what it has spent and what its leases hold', async () => {
    const [one, two] = [await door.newEdge(), await door.newEdge()];
    const accountId = await door.newAccount(1_000n);
    const keyId = makeId();
    expect(await door.setLease(one, accountId, 1, 60n, { keyId, day: 100n, month: 90n })).toMatchObject({
      grant: { grantedNano: '60' },
      refusal: 'REFUSAL_NONE',
    });
    expect(await door.setLease(two, accountId, 1, 50n, { keyId, day: 100n, month: 90n })).toMatchObject({
      grant: { grantedNano: '30' },
      refusal: 'REFUSAL_IN_FLIGHT',
    });
    expect(await door.setLease(two, accountId, 2, 130n, { keyId, day: 100n, month: 90n })).toMatchObject({ refusal: 'REFUSAL_KEY_LIMIT' });
    // Another key of the account is not touched.
    expect((await door.setLease(two, accountId, 3, 500n, { keyId: makeId(), total: 600n })).refusal).toBe('REFUSAL_NONE');
    // 10 output tokens at 7 nano are spent: what the hold lost, the limit lost too.
    await door.edge.AppendUsage({
      edgeId: one.id,
      epoch: 1,
      records: encode(one.emit(accountId, { keyId, leaseByKey: true, priceVersion: door.priceVersion, inputTokens: 0, outputTokens: 5 })),
    });
    expect(await door.setLease(one, accountId, 2, 35n, { keyId, day: 100n, month: 90n })).toMatchObject({ grant: { grantedNano: '35' } });
    expect(await door.setLease(two, accountId, 4, 200n, { keyId, day: 100n, month: 90n })).toMatchObject({
      grant: { grantedNano: '55' },
      refusal: 'REFUSAL_KEY_LIMIT',
    });
    const { rows } = await door.ledger.owner.query('SELECT day_nano, month_nano, total_nano FROM billing.key_spend WHERE key_id = $1', [
      keyId.toString('hex'),
    ]);
    expect(rows).toEqual([{ day_nano: 35n, month_nano: 35n, total_nano: 35n }]);
  });

  test.each([
    ['an epoch of 0', { epoch: 0 }],
    ['a version of 0', { version: 0 }],
    ['a negative target', { target: -1n }],
    ['an absurd target', { target: 10n ** 18n + 1n }],
  ])('%s is refused', async (_, { epoch = 1, version = 1, target = 1n }: { epoch?: number; version?: number; target?: bigint }) => {
    await expect(door.setLease(new TestEdge(), makeId(), version, target, { epoch })).rejects.toMatchObject({ code: 'field_invalid' });
  });
});

describe('usage over the direct door', () => {
  test('records are applied as they come, and the answer says how far', async () => {
    const one = await door.newEdge();
    const accountId = await door.newAccount(1_000n);
    const records = [
      one.emit(accountId, { priceVersion: door.priceVersion, inputTokens: 10, outputTokens: 10 }),
      one.emit(accountId, { priceVersion: door.priceVersion, inputTokens: 0, outputTokens: 1 }),
    ];
    const { applied } = await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(...records) });
    expect(applied).toEqual([{ partition: partitionOf(accountId), seq: '2' }]);
    await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, records: encode(...records) });
    expect((await door.balance(accountId)).posted).toBe(1_000n - 100n - 7n);
  });

  test('a record of another edge, one of a wrong length, and too many are refused', async () => {
    const [one, two] = [await door.newEdge(), await door.newEdge()];
    const accountId = await door.newAccount(10n);
    const [record] = encode(two.emit(accountId, { priceVersion: door.priceVersion }));
    await expect(door.edge.AppendUsage({ edgeId: one.id, epoch: 1, records: [record!] })).rejects.toMatchObject({ code: 'field_invalid' });
    await expect(door.edge.AppendUsage({ edgeId: one.id, epoch: 1, records: [record!.subarray(1)] })).rejects.toMatchObject({
      code: 'field_invalid',
    });
    await expect(
      door.edge.AppendUsage({ edgeId: one.id, epoch: 1, records: Array.from({ length: 4_097 }, () => record!) }),
    ).rejects.toMatchObject({ code: 'batch_too_large' });
  });

  test('totals replace each other by version, are folded with their epoch and refused ever after', async () => {
    const one = await door.newEdge();
    const accountId = await door.newAccount(1_000n);
    const total = (version: number, outputTokens: number) => ({
      accountId,
      priceVersion: door.priceVersion,
      version,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens,
    });
    const first = await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(2, 10)] });
    expect(first.nologVersions).toEqual([{ epoch: 1, accountId, keyId: Buffer.alloc(0), priceVersion: door.priceVersion, version: '2' }]);
    await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(1, 5)] });
    expect((await door.balance(accountId)).posted).toBe(1_000n - 70n);
    const folded = await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(3, 20)], final: true });
    expect(folded).toMatchObject({ nologVersions: [], foldedEpochs: [1] });
    await door.edge.AppendUsage({ edgeId: one.id, epoch: 1, totals: [total(9, 90)] });
    expect((await door.balance(accountId)).posted).toBe(1_000n - 140n);
    expect((await door.edge.Heartbeat({ edgeId: one.id, epoch: 1, number: 1 })).foldedEpochs).toEqual([1]);
    const usage = await collect(door.account.ListUsage({ accountId }));
    expect(usage.map((row) => row.row)).toEqual(['period']);
    expect(usage[0]!.period).toMatchObject({
      noLog: true,
      outputTokens: '20',
      chargedNano: '140',
      modelId: 'llama',
      keyId: Buffer.alloc(0),
    });
  });

  test('a reader that leaves a list early, or is cut off, frees its connection', async () => {
    const one = await door.newEdge();
    const accountId = await door.newAccount(1_000_000n);
    await door.edge.AppendUsage({
      edgeId: one.id,
      epoch: 1,
      records: encode(...Array.from({ length: 2_000 }, () => one.emit(accountId, { priceVersion: door.priceVersion }))),
    });
    // More often than there are connections.
    for (let i = 0; i < 40; i++) for await (const row of door.account.ListUsage({ accountId })) if (row.request) break;
    const cut = Array.from({ length: 40 }, () => collect(door.account.ListUsage({ accountId }, { signal: AbortSignal.timeout(1) })));
    expect((await Promise.allSettled(cut)).some(({ status }) => status === 'rejected')).toBe(true);
    expect(await collect(door.account.ListUsage({ accountId }))).toHaveLength(2_001);
    expect((await door.balance(accountId)).posted).toBe(1_000_000n - 20_000n);
  });

  test('usage is listed newest first with its model and in full, then its sums; a range and a limit cut it', async () => {
    const one = await door.newEdge();
    const accountId = await door.newAccount(10_000n);
    const dayMs = 86_400_000;
    const requests = [0, 1, 2].map((days) => makeId(Date.now() - days * dayMs));
    for (const requestId of requests) {
      await door.edge.AppendUsage({
        edgeId: one.id,
        epoch: 1,
        records: encode(
          one.emit(accountId, {
            priceVersion: door.priceVersion,
            requestId,
            inputTokens: 2,
            cachedTokens: 3,
            outputTokens: 4,
            reservedNano: 30n,
          }),
        ),
      });
    }
    const listed = await collect(door.account.ListUsage({ accountId }));
    expect(listed.map((row) => row.request?.requestId ?? row.row)).toEqual([...requests, 'period']);
    expect(listed[0]!.request).toMatchObject({
      modelId: 'llama',
      inputTokens: '2',
      cachedTokens: '3',
      outputTokens: '4',
      chargeNano: '37',
      chargedNano: '30',
      status: 'ok',
      usageSource: 'exact',
      route: 'chat_completions',
      final: true,
    });
    expect(listed[3]!.period).toMatchObject({
      period: new Date().toISOString().slice(0, 10),
      chargedNano: '90',
      noLog: false,
      closed: false,
    });
    // Sums are of whole days, and today's overlaps any range that reaches into it.
    const todayMs = Math.floor(Date.now() / dayMs) * dayMs;
    const middle = await collect(door.operator.ListUsage({ accountId, fromMs: todayMs - dayMs, toMs: todayMs }));
    expect(middle.map((row) => row.request?.requestId ?? row.row)).toEqual([requests[1]]);
    const newest = await collect(door.operator.ListUsage({ accountId, requestsMax: 1 }));
    expect(newest.map((row) => row.request?.requestId ?? row.row)).toEqual([requests[0], 'period']);
  });
});

test('after all of this the books are in order', async () => {
  expect(await door.brokenInvariants()).toEqual([]);
});
