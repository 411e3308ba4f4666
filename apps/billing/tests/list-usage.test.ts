import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSession } from '../src/leases/session.ts';
import { createListUsage } from '../src/rpc/list-usage.ts';
import { collect } from './support/ledger-door.ts';
import { encode, makeId, TestEdge } from './support/make.ts';
import { openAccount, operatorCall, publishTestPrice } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

const dayMs = 86_400_000;
const daysAgo = [-1, 0, 1, 6, 8, 27, 29, 60];

let billing: OpenBilling;
let accountId: Buffer;

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
  accountId = await openAccount(billing, 1_000_000n);
  const edge = new TestEdge();
  await openSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 300_000);
  const records = daysAgo.map((days) => edge.emit(accountId, { requestId: makeId(Date.now() - days * dayMs), outputTokens: 100 + days }));
  await billing.writer.write(await billing.writer.read(encode(...records)));
});

afterAll(() => billing.close());

async function daysOf(fromDay: number | undefined, toDay: number | undefined, requestsMax = 0) {
  const ms = (days: number | undefined) => (days === undefined ? '0' : String(Date.now() - Math.round(days * dayMs)));
  const request = { accountId, fromMs: ms(fromDay), toMs: ms(toDay), requestsMax };
  const rows = await collect(createListUsage(billing.pool)(request, operatorCall));
  return rows.flatMap((row) => (row.request ? [Number(row.request.outputTokens) - 100] : []));
}

test('requests are listed newest first, each once, wherever the range is cut on the way', async () => {
  expect(await daysOf(undefined, undefined)).toEqual(daysAgo);
  for (const count of [1, 3, 4, 5, 6, 8, 9]) expect(await daysOf(undefined, undefined, count)).toEqual(daysAgo.slice(0, count));
});

test.each([
  [30.5, 0.5, [1, 6, 8, 27, 29]],
  [7.5, 5.5, [6]],
  [28.5, 26.5, [27]],
  [100, 28, [29, 60]],
  [undefined, 10, [27, 29, 60]],
  [0.5, undefined, [-1, 0]],
  [20, 10, []],
])('a range from %s to %s days ago has its requests', async (from, to, expected) => {
  expect(await daysOf(from, to)).toEqual(expected);
});
