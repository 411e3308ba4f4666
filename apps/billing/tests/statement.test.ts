import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { closePeriods } from '../src/reconcile/close-periods.ts';
import { openSession } from '../src/leases/session.ts';
import { createCorrectBalance } from '../src/rpc/correct-balance.ts';
import { createListStatement } from '../src/rpc/list-statement.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { applyTotals } from '../src/usage/apply-totals.ts';
import { collect } from './support/ledger-door.ts';
import { encode, makeId, TestEdge, testKey, uuid } from './support/make.ts';
import { openAccount, operatorCall, publishTestPrice, readAccount } from './support/open-account.ts';
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

const use = async (outputTokens: number, more = {}) =>
  billing.writer.write(await billing.writer.read(encode(edge.emit(accountId, { inputTokens: 0, outputTokens, ...more }))));
const statement = async (fromMs = 0, toMs = 0) =>
  collect(createListStatement(billing.pool)({ accountId, fromMs: String(fromMs), toMs: String(toMs) }, operatorCall));
const correct = (amountNano: bigint, correctionId: Buffer, counterpart = 'revenue:usage') =>
  createCorrectBalance(billing.pool)({ accountId, amountNano: amountNano.toString(), correctionId, counterpart }, operatorCall);
const short = (lines: Awaited<ReturnType<typeof statement>>) =>
  lines.map(({ kind, reference, amountNano, balanceNano }) => [kind, reference?.length ?? 0, Number(amountNano ?? 0), Number(balanceNano)]);

async function expectItAddsUp(): Promise<void> {
  const lines = await statement();
  const sum = lines.reduce((total, { amountNano }) => total + BigInt(String(amountNano ?? 0)), 0n);
  const { posted } = await readAccount(billing, accountId);
  expect([sum, BigInt(String(lines.at(-1)!.balanceNano ?? 0))]).toEqual([posted, posted]);
}

test('every nano-dollar has its line: grants, parts of closed days and months, corrections, and what is open', async () => {
  const otherKey = makeId();
  await use(10);
  await use(5, { keyId: otherKey });
  await applyTotals(billing.pool, edge.uuid, 1, [
    { accountId: uuid(accountId), keyId: nilUuid, priceVersion: 1, version: 1n, inputTokens: 4n, cachedTokens: 2n, outputTokens: 0n },
  ]);
  await billing.owner.query("UPDATE billing.usage_period SET period = period - CASE WHEN no_log THEN interval '2 months' ELSE interval '2 days' END");
  await closePeriods(billing.pool, billing.metrics, billing.events);
  await correct(35n, randomBytes(16));
  await use(3);
  const lines = await statement();
  const usage = lines.filter(({ kind }) => kind === 'usage');
  // The transfers of one transaction have one time: their order is that of their ids.
  expect(lines.map(({ kind }) => kind)).toEqual(['grant', 'usage', 'usage', 'usage', 'correction', 'open_usage', 'closing']);
  expect(short(lines.filter(({ kind }) => kind !== 'usage'))).toEqual([
    ['grant', 36, 1_000, 1_000],
    ['correction', 36, 35, 1_000 - 70 - 35 - 14 + 35],
    ['open_usage', 10, -21, 895],
    ['closing', 0, 0, 895],
  ]);
  expect(new Set(usage.map(({ amountNano, noLog, modelId, keyId }) => [amountNano, noLog, modelId, keyId?.length].join(' ')))).toEqual(
    new Set(['-70 false model 16', '-35 false model 16', '-14 true model 0']),
  );
  expect(usage.find(({ amountNano }) => amountNano === '-70')).toMatchObject({ keyId: Buffer.from(testKey), outputTokens: '10', priceVersion: 1 });
  await expectItAddsUp();
});

test('what a loss paid is told beside the amount, and is not part of it', async () => {
  await use(200, { reservedNano: 1_050n });
  const [line] = (await statement()).filter(({ kind }) => kind === 'open_usage');
  expect(line).toMatchObject({ amountNano: '-1000', lostNano: '400' });
  await expectItAddsUp();
});

test('a range begins with what was posted before it, and ends with what was posted at its end', async () => {
  await billing.owner.query("UPDATE billing.ledger_transfer SET created_at = '2026-01-10T00:00:00Z' WHERE credit_account = $1", [`customer:${uuid(accountId)}`]);
  await correct(-100n, randomBytes(16));
  await use(1);
  const day = (text: string) => Date.parse(text);
  expect(short(await statement(day('2026-01-11')))).toEqual([
    ['opening', 0, 1_000, 1_000],
    ['correction', 36, -100, 900],
    ['open_usage', 10, -7, 893],
    ['closing', 0, 0, 893],
  ]);
  expect(short(await statement(day('2026-01-01'), day('2026-01-11')))).toEqual([
    ['opening', 0, 0, 0],
    ['grant', 36, 1_000, 1_000],
    ['closing', 0, 0, 1_000],
  ]);
});

test('where the sums of a day are not kept any more, its transfer is one line', async () => {
  await use(10);
  await billing.owner.query('UPDATE billing.usage_period SET period = period - 500');
  await closePeriods(billing.pool, billing.metrics, billing.events);
  await billing.pool.query("SELECT billing.forget_periods((now() - interval '13 months')::date)");
  expect((await statement()).filter(({ kind }) => kind === 'usage')).toMatchObject([{ amountNano: '-70', modelId: '' }]);
  await expectItAddsUp();
});

test('a correction is one transfer however often it is asked for, takes no more than is available, and names its other side', async () => {
  const id = randomBytes(16);
  await correct(-300n, id, 'loss:late');
  await correct(-300n, id, 'loss:late');
  expect((await readAccount(billing, accountId)).posted).toBe(700n);
  await expect(correct(-200n, id, 'loss:late')).rejects.toMatchObject({ code: 'conflict' });
  await expect(correct(-300n, id, 'promo')).rejects.toMatchObject({ code: 'conflict' });
  await expect(correct(-701n, randomBytes(16))).rejects.toMatchObject({ code: 'insufficient_balance' });
  await expect(correct(1n, randomBytes(16), 'customer:x')).rejects.toMatchObject({ code: 'field_invalid' });
  await expect(correct(0n, randomBytes(16))).rejects.toMatchObject({ code: 'field_invalid' });
  expect((await readAccount(billing, accountId)).posted).toBe(700n);
  await expectItAddsUp();
});

test('an account that is not there has no statement', async () => {
  accountId = makeId();
  await expect(statement()).rejects.toMatchObject({ code: 'not_found' });
});
