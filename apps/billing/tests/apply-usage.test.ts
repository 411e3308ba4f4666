import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { openSession } from '../src/leases/session.ts';
import { setLeases } from '../src/leases/set-leases.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { encode, makeId, TestEdge, testKey, uuid } from './support/make.ts';
import { openAccount, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

let billing: OpenBilling;
let edge: TestEdge;
let accountId: Buffer;

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
});

afterAll(() => billing.close());

beforeEach(async () => {
  edge = new TestEdge();
  accountId = await openAccount(billing, 1_000n);
  await openSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 300_000);
});

async function apply(...records: readonly (UsageRecord | Buffer)[]): Promise<void> {
  await billing.writer.write(await billing.writer.read(records.map((record) => (Buffer.isBuffer(record) ? record : encode(record)[0]!))));
}

async function lease(targetNano: bigint, version: bigint): Promise<bigint> {
  const [answer] = await setLeases(billing.pool, [
    { edgeId: edge.uuid, epoch: 1, accountId: uuid(accountId), keyId: nilUuid, version, targetNano, limits: undefined },
  ]);
  return answer!.grantedNano;
}

async function applied(): Promise<bigint> {
  const { rows } = await billing.pool.query<{ applied: bigint }>(
    'SELECT applied FROM billing.edge_progress WHERE edge_id = $1 AND partition = $2',
    [edge.uuid, partitionOf(accountId)],
  );
  return rows[0]?.applied ?? 0n;
}

const account = () => readAccount(billing, accountId);

describe('the order of records', () => {
  test('what was applied is skipped, what is beyond a gap waits, and nothing is applied twice', async () => {
    const [first, second, third] = [1, 2, 3].map((outputTokens) => edge.emit(accountId, { inputTokens: 0, outputTokens }));
    await apply(first!, third!);
    expect([await applied(), (await account()).posted]).toEqual([1n, 993n]);
    await apply(third!, first!, second!, second!);
    expect([await applied(), (await account()).posted]).toEqual([3n, 1_000n - 42n]);
    await apply(first!, second!, third!);
    expect((await account()).posted).toBe(1_000n - 42n);
  });

  test('a damaged record is a gap until it comes whole; a hole fills one', async () => {
    const [first, second] = [edge.emit(accountId, { inputTokens: 0 }), edge.emit(accountId, { inputTokens: 0 })];
    const damaged = encode(first)[0]!;
    damaged[100]! ^= 1;
    await apply(damaged, second);
    expect([await applied(), (await account()).posted]).toEqual([0n, 1_000n]);
    await apply({ ...first, kind: 'hole' }, second);
    expect([await applied(), (await account()).posted]).toEqual([2n, 993n]);
  });

  test('sequences do not wait for each other', async () => {
    const others: Buffer[] = [];
    while (others.length < 2) {
      const other = await openAccount(billing, 100n);
      if (partitionOf(other) !== partitionOf(accountId)) others.push(other);
    }
    edge.emit(accountId);
    const stuck = edge.emit(accountId);
    await apply(stuck, ...others.map((other) => edge.emit(other, { inputTokens: 0 })));
    expect(await applied()).toBe(0n);
    for (const other of others) expect((await readAccount(billing, other)).posted).toBe(93n);
  });
});

describe('the register', () => {
  test('the later record replaces the earlier whole: cached tokens known only at the end are not billed twice', async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 100, cachedTokens: 0, outputTokens: 5 }));
    expect((await account()).posted).toBe(1_000n - 335n);
    await apply(edge.emit(accountId, { requestId, inputTokens: 20, cachedTokens: 80, outputTokens: 6 }));
    expect((await account()).posted).toBe(1_000n - 182n);
    const { rows } = await billing.pool.query(
      'SELECT input_tokens, cached_tokens, output_tokens, charged FROM billing.usage_period WHERE account_id = $1',
      [uuid(accountId)],
    );
    expect(rows).toEqual([{ input_tokens: 20n, cached_tokens: 80n, output_tokens: 6n, charged: 182n }]);
  });

  test('of several records of a request in one batch the last alone counts', async () => {
    const requestId = makeId();
    await apply(
      ...[9, 3, 7, 2].map((outputTokens) => edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 0, outputTokens })),
    );
    expect([await applied(), (await account()).posted]).toEqual([4n, 1_000n - 14n]);
  });

  test('a charge below one nano-USD is rounded up once a request, not once a record', async () => {
    await billing.owner.query("INSERT INTO billing.price VALUES (9, 'tiny', 1, 1, 1) ON CONFLICT DO NOTHING");
    const requestId = makeId();
    for (let outputTokens = 1; outputTokens <= 5; outputTokens++)
      await apply(edge.emit(accountId, { requestId, priceVersion: 9, inputTokens: 0, outputTokens }));
    expect((await account()).posted).toBe(999n);
  });

  test('a request across midnight meets its own row: its day is that of its id', async () => {
    const requestId = makeId(Date.now() - 86_400_000);
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 0, outputTokens: 10 }));
    await apply(edge.emit(accountId, { requestId, inputTokens: 0, outputTokens: 11 }));
    const { rows } = await billing.pool.query<{ day: string; output_tokens: bigint }>(
      'SELECT tableoid::regclass::text AS day, output_tokens FROM billing.usage_request WHERE request_id = $1',
      [uuid(requestId)],
    );
    expect(rows).toEqual([
      {
        day: `billing.usage_request_${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10).replaceAll('-', '_')}`,
        output_tokens: 11n,
      },
    ]);
    expect((await account()).posted).toBe(1_000n - 77n);
  });

  test('an id from an absurd day is kept by the default partition, and moves when its day is made', async () => {
    const inFiveDays = Date.now() + 5 * 86_400_000;
    const requestIds = [makeId(0), makeId(inFiveDays)];
    for (const requestId of requestIds) await apply(edge.emit(accountId, { requestId, inputTokens: 0 }));
    const partitions = async () =>
      (
        await billing.pool.query<{ p: string }>(
          'SELECT tableoid::regclass::text AS p FROM billing.usage_request WHERE request_id = ANY ($1::uuid[]) ORDER BY request_id',
          [requestIds.map(uuid)],
        )
      ).rows.map(({ p }) => p);
    expect(await partitions()).toEqual(['billing.usage_request_default', 'billing.usage_request_default']);
    await billing.pool.query('SELECT billing.make_usage_partitions(billing.today(), billing.today() + 5)');
    expect(await partitions()).toEqual([
      'billing.usage_request_default',
      `billing.usage_request_${new Date(inFiveDays).toISOString().slice(0, 10).replaceAll('-', '_')}`,
    ]);
  });
});

describe('what an account pays', () => {
  test('the customer pays no more than was reserved; the excess goes to loss:bound and comes back with the charge', async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 0, outputTokens: 10, reservedNano: 50n }));
    expect(await account()).toEqual({ posted: 950n, held: 0n, late: 0n, bound: 20n });
    await apply(edge.emit(accountId, { requestId, inputTokens: 0, outputTokens: 4, reservedNano: 50n }));
    expect(await account()).toEqual({ posted: 972n, held: 0n, late: 0n, bound: 0n });
  });

  test('absurd counts are bounded by the reservation and overflow nothing', async () => {
    const absurd = { inputTokens: 0xffff_ffff, cachedTokens: 0xffff_ffff, outputTokens: 0xffff_ffff };
    await billing.owner.query(
      "INSERT INTO billing.price VALUES (8, 'dear', 1000000000000, 1000000000000, 1000000000000) ON CONFLICT DO NOTHING",
    );
    await apply(edge.emit(accountId, { ...absurd, priceVersion: 8, reservedNano: 30n }));
    expect(await account()).toEqual({ posted: 970n, held: 0n, late: 0n, bound: 10n ** 15n - 30n });
    await apply(edge.emit(accountId, { ...absurd, priceVersion: 8, reservedNano: 2n ** 64n - 1n }));
    expect(await account()).toEqual({ posted: 0n, held: 0n, late: 10n ** 15n - 970n, bound: 10n ** 15n - 30n });
  });

  test('a charge is taken from the hold of its lease first, and what is spent of a lease is not held any more', async () => {
    expect(await lease(300n, 1n)).toBe(300n);
    await apply(edge.emit(accountId, { inputTokens: 100, outputTokens: 0 }));
    expect(await account()).toEqual({ posted: 700n, held: 0n, late: 0n, bound: 0n });
    expect(await lease(400n, 2n)).toBe(400n);
    expect((await account()).held).toBe(100n);
  });

  test('a lease that billing never heard of is made by its first charge and takes what is available', async () => {
    await apply(edge.emit(accountId, { leaseEpoch: 77, inputTokens: 100, outputTokens: 0 }));
    const { rows } = await billing.pool.query('SELECT epoch, granted, spent, version FROM billing.spend_lease WHERE edge_id = $1', [
      edge.uuid,
    ]);
    expect(rows).toEqual([{ epoch: 77n, granted: 0n, spent: 300n, version: 0n }]);
  });

  test('what neither hold nor balance covers is loss:late, is remembered, and is given back first', async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 400, outputTokens: 0 }));
    expect(await account()).toEqual({ posted: 0n, held: 0n, late: 200n, bound: 0n });
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 350, outputTokens: 0 }));
    expect(await account()).toEqual({ posted: 0n, held: 0n, late: 50n, bound: 0n });
    await apply(edge.emit(accountId, { requestId, inputTokens: 300, outputTokens: 0 }));
    expect(await account()).toEqual({ posted: 100n, held: 0n, late: 0n, bound: 0n });
  });

  test("what other edges' leases hold is not taken: the loss pays instead", async () => {
    await lease(900n, 1n);
    const other = new TestEdge();
    await apply(other.emit(accountId, { inputTokens: 50, outputTokens: 0 }));
    expect(await account()).toEqual({ posted: 900n, held: 900n, late: 50n, bound: 0n });
  });
});

describe('records that cannot be charged', () => {
  const deadLetters = async () =>
    (
      await billing.pool.query<{ reason: string; seq: bigint }>(
        'SELECT reason, seq FROM billing.dead_letter WHERE edge_id = $1 ORDER BY dead_letter_id',
        [edge.uuid],
      )
    ).rows;

  test('of an unknown version or value: kept, counted as applied, and the sequence goes on', async () => {
    const [strange, normal] = [edge.emit(accountId), edge.emit(accountId, { inputTokens: 0 })];
    const bytes = encode(strange)[0]!;
    bytes[0] = 9;
    const { crc32 } = await import('node:zlib');
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 124)), 124);
    await apply(bytes, normal);
    await apply(bytes, normal);
    expect(await deadLetters()).toEqual([{ reason: 'unknown_format', seq: strange.seq }]);
    expect([await applied(), (await account()).posted]).toEqual([2n, 993n]);
  });

  test('of an unknown price: kept with a discrepancy; once the price is known, later records are charged', async () => {
    await apply(edge.emit(accountId, { priceVersion: 4_711, inputTokens: 0 }), edge.emit(accountId, { inputTokens: 0 }));
    expect(await deadLetters()).toEqual([{ reason: 'unknown_price', seq: 1n }]);
    expect([await applied(), (await account()).posted]).toEqual([2n, 993n]);
    const { rows } = await billing.pool.query("SELECT kind, times FROM billing.discrepancy WHERE subject = 'price version 4711'");
    expect(rows).toEqual([{ kind: 'unknown_price', times: 1n }]);
    await billing.owner.query("INSERT INTO billing.price VALUES (4711, 'model', 3000, 1000, 7000)");
    await apply(edge.emit(accountId, { priceVersion: 4_711, inputTokens: 0 }));
    expect((await account()).posted).toBe(986n);
  });

  test("that contradict what is known of their request, were it another account's: kept, and nobody pays", async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 0 }));
    for (const wrong of [{ keyId: makeId() }, { leaseEpoch: 2 }, { leaseByKey: true }])
      await apply(edge.emit(accountId, { requestId, inputTokens: 0, outputTokens: 9, ...wrong }));
    const thief = await openAccount(billing, 100n);
    await apply(edge.emit(thief, { requestId, inputTokens: 0 }));
    expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
      'request_conflict',
      'request_conflict',
      'request_conflict',
      'request_conflict',
    ]);
    expect([(await account()).posted, (await readAccount(billing, thief)).posted]).toEqual([993n, 100n]);
  });

  test('that contradict an earlier record of the same batch: refused as if each had come by itself', async () => {
    const requestId = makeId();
    await apply(
      edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 0 }),
      edge.emit(accountId, { requestId, inputTokens: 0, outputTokens: 9, keyId: makeId() }),
    );
    expect(await deadLetters()).toEqual([{ reason: 'request_conflict', seq: 2n }]);
    expect([await applied(), (await account()).posted]).toEqual([2n, 993n]);
  });

  test('of an account that is no more: counted into loss:deleted once a request, without an id', async () => {
    const gone = makeId();
    const requestId = makeId();
    const before = async () =>
      (await billing.pool.query<{ sum: bigint }>('SELECT coalesce(sum(amount), 0)::bigint AS sum FROM billing.deleted_usage')).rows[0]!.sum;
    const known = await before();
    await apply(edge.emit(gone, { requestId, kind: 'checkpoint', inputTokens: 0, outputTokens: 3 }));
    await apply(edge.emit(gone, { requestId, inputTokens: 0, outputTokens: 4 }));
    expect((await before()) - known).toBe(28n);
    const { rows } = await billing.pool.query('SELECT FROM billing.usage_request WHERE account_id = $1', [uuid(gone)]);
    expect(rows).toEqual([]);
  });

  test('that the database itself refuses: quarantined alone, those around it are charged', async () => {
    await billing.owner.query('ALTER TABLE billing.usage_request ADD CONSTRAINT poison CHECK (output_tokens <> 666)');
    const records = [1, 666, 2].map((outputTokens) => edge.emit(accountId, { inputTokens: 0, outputTokens }));
    await expect(apply(...records)).rejects.toMatchObject({ code: '23514' });
    expect(await applied()).toBe(0n);
    for (const record of encode(...records)) await billing.writer.writeOne(record);
    await billing.owner.query('ALTER TABLE billing.usage_request DROP CONSTRAINT poison');
    expect(await deadLetters()).toEqual([{ reason: 'refused', seq: 2n }]);
    expect([await applied(), (await account()).posted]).toEqual([3n, 1_000n - 21n]);
  });
});

test('the key of a record is kept whatever its lease', async () => {
  await apply(edge.emit(accountId, { leaseByKey: true }));
  const { rows } = await billing.pool.query('SELECT key_id FROM billing.spend_lease WHERE edge_id = $1', [edge.uuid]);
  expect(rows).toEqual([{ key_id: uuid(testKey) }]);
});
