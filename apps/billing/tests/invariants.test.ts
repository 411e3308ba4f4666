import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { openSession } from '../src/leases/session.ts';
import { setLeases } from '../src/leases/set-leases.ts';
import { closePeriods } from '../src/reconcile/close-periods.ts';
import { BookCheck } from '../src/reconcile/check-books.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';
import { openAccount, publishTestPrice } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

let billing: OpenBilling;
let accountId: string;
let requestId: string;
let edgeId: string;

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
});

afterAll(() => billing.close());

beforeEach(async () => {
  const bytes = await openAccount(billing, 1_000n);
  const edge = new TestEdge();
  const id = makeId();
  [accountId, requestId, edgeId] = [uuid(bytes), uuid(id), edge.uuid];
  await openSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 300_000);
  await billing.writer.write(await billing.writer.read(encode(edge.emit(bytes, { requestId: id, inputTokens: 10, outputTokens: 0 }))));
  await setLeases(billing.pool, [
    { edgeId: edge.uuid, epoch: 1, accountId, keyId: nilUuid, version: 1n, targetNano: 130n, limits: undefined },
  ]);
});

const look = async (number: number) =>
  checkInvariant(
    billing.pool,
    invariants.find((one) => one.number === number)!,
    wholeScope,
  );

/** Breaks the books as only their owner can, looks, and mends them. */
async function whileBroken(number: number, breaking: string, mending: string) {
  await billing.owner.query(breaking);
  try {
    return await look(number);
  } finally {
    await billing.owner.query(mending);
  }
}

test('books in order have no violations, and every invariant looks at something', async () => {
  for (const { number } of invariants) {
    const { checked, violations } = await look(number);
    expect([number, violations]).toEqual([number, 0n]);
    expect(checked).toBeGreaterThan(0n);
  }
});

test('1: money that no transfer explains is seen', async () => {
  const found = await whileBroken(
    1,
    `UPDATE billing.balance SET posted = posted + 1 WHERE account_id = '${accountId}'`,
    `UPDATE billing.balance SET posted = posted - 1 WHERE account_id = '${accountId}'`,
  );
  expect(found).toMatchObject({
    violations: 1n,
    examples: [{ kind: 'posted_differs', subject: accountId, accountId, expected: 970n, found: 971n }],
  });
});

test('2: a transfer to nobody is seen', async () => {
  const found = await whileBroken(
    2,
    `ALTER TABLE billing.ledger_transfer DROP CONSTRAINT ledger_transfer_credit_account_fkey; INSERT INTO billing.ledger_transfer VALUES ('${requestId}', 'promo', 'nobody', 5, 'grant', '')`,
    `DELETE FROM billing.ledger_transfer WHERE transfer_id = '${requestId}'; ALTER TABLE billing.ledger_transfer ADD FOREIGN KEY (credit_account) REFERENCES billing.ledger_account`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'ledger_not_zero', expected: 0n, found: -5n }] });
});

test.each([
  ['the charge', 'charge = charge + 1', 'charge = charge - 1'],
  ['the count', 'output_tokens = output_tokens + 1', 'output_tokens = output_tokens - 1'],
  ['what was billed', 'billed = billed - 1', 'billed = billed + 1'],
  ['the price', 'price_version = 2', 'price_version = 1'],
])('3: a request of which %s was changed is seen', async (_, breaking, mending) => {
  const where = `WHERE request_id = '${requestId}'`;
  const found = await whileBroken(
    3,
    `UPDATE billing.usage_request SET ${breaking} ${where}`,
    `UPDATE billing.usage_request SET ${mending} ${where}`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'charge_differs', subject: requestId, accountId }] });
});

test('4: a hold that no lease explains is seen', async () => {
  const found = await whileBroken(
    4,
    `UPDATE billing.spend_lease SET granted = granted - 1 WHERE account_id = '${accountId}'`,
    `UPDATE billing.spend_lease SET granted = granted + 1 WHERE account_id = '${accountId}'`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'held_differs', subject: accountId, expected: 99n, found: 100n }] });
});

test('5: the database itself refuses a balance that is overspent', async () => {
  await expect(billing.owner.query('UPDATE billing.balance SET posted = 99 WHERE account_id = $1', [accountId])).rejects.toMatchObject({
    code: '23514',
  });
  const found = await whileBroken(
    5,
    `ALTER TABLE billing.balance DROP CONSTRAINT balance_check; UPDATE billing.balance SET posted = 99 WHERE account_id = '${accountId}'`,
    `UPDATE billing.balance SET posted = 970 WHERE account_id = '${accountId}'; ALTER TABLE billing.balance ADD CHECK (posted - held >= -overdraft)`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'below_overdraft', subject: accountId, expected: 0n, found: -1n }] });
});

test.each([
  ['a token too many', 'output_tokens = output_tokens + 1', 'output_tokens = output_tokens - 1', 6, 'tokens_differ'],
  ['a nano-USD too many', 'charged = charged + 1', 'charged = charged - 1', 9, 'replay_differs'],
] as const)('%s in the sum of a day is seen', async (_, breaking, mending, number, kind) => {
  const found = await whileBroken(
    number,
    `UPDATE billing.usage_period SET ${breaking} WHERE account_id = '${accountId}'`,
    `UPDATE billing.usage_period SET ${mending} WHERE account_id = '${accountId}'`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind, accountId }] });
  const { expected, found: is } = found.examples[0]!;
  expect(is! - expected!).toBe(1n);
});

test('7: a record that counts as applied without being so is seen', async () => {
  const found = await whileBroken(
    7,
    `UPDATE billing.edge_progress SET applied = 0 WHERE edge_id = '${edgeId}'`,
    `UPDATE billing.edge_progress SET applied = 1 WHERE edge_id = '${edgeId}'`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'record_without_effect', expected: 1n, found: 0n }] });
});

test('7: records that an edge wrote before it started anew, and that never came, are seen after ten minutes', async () => {
  const set = (base: bigint, since: string) =>
    `UPDATE billing.edge_session SET base = array_fill(${base}::bigint, ARRAY[12]), epoch_since = ${since} WHERE edge_id = '${edgeId}'`;
  expect((await whileBroken(7, set(5n, 'now()'), set(0n, 'now()'))).violations).toBe(0n);
  const found = await whileBroken(7, set(5n, "now() - interval '11 minutes'"), set(0n, 'now()'));
  expect(found).toMatchObject({ violations: 12n });
});

test('8: a payment whose transfers are not its amount is seen', async () => {
  const credit = `cs_test_${accountId.slice(-12)}`;
  const found = await whileBroken(
    8,
    `INSERT INTO billing.customer (account_id) VALUES ('${accountId}') ON CONFLICT DO NOTHING;
     INSERT INTO billing.stripe_credit (object_id, account_id, kind, amount_nano, paid_nano) VALUES ('${credit}', '${accountId}', 'top_up', 7, 7)`,
    `DELETE FROM billing.stripe_credit WHERE object_id = '${credit}'`,
  );
  expect(found).toMatchObject({
    violations: 2n,
    examples: [
      { kind: 'payment_differs', subject: credit, accountId, expected: 7n, found: 0n },
      { subject: 'stripe:clearing', expected: 7n, found: 0n },
    ],
  });
});

test('9: a closed day whose transfer is another amount is seen', async () => {
  await billing.owner.query(`UPDATE billing.usage_period SET period = period - 2 WHERE account_id = $1`, [accountId]);
  await closePeriods(billing.pool, billing.metrics, billing.events);
  expect((await look(9)).violations).toBe(0n);
  const where = `WHERE debit_account = 'customer:${accountId}' AND kind = 'usage'`;
  const found = await whileBroken(
    9,
    `UPDATE billing.ledger_transfer SET amount = amount - 1 ${where}`,
    `UPDATE billing.ledger_transfer SET amount = amount + 1 ${where}`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'replay_differs', expected: 30n, found: 29n }] });
});

test.each([
  ['of an edge that started anew', "epoch = 2, epoch_since = now() - interval '31 s'", "epoch = 1, epoch_since = now()"],
  ['of a lost edge', "expires_at = now() - interval '121 s'", "expires_at = now() + interval '300 s'"],
])('10: a hold %s that stays is seen', async (_, breaking, mending) => {
  const where = `WHERE edge_id = '${edgeId}'`;
  const found = await whileBroken(
    10,
    // The time of an epoch is set when the epoch is: only then can it be another.
    `UPDATE billing.edge_session SET ${breaking} ${where}; UPDATE billing.edge_session SET ${breaking.split(', ').at(-1)} ${where}`,
    `UPDATE billing.edge_session SET ${mending} ${where}`,
  );
  expect(found).toMatchObject({ violations: 1n, examples: [{ kind: 'hold_stays', subject: `${edgeId} epoch 1`, found: 100n }] });
});

test.each([
  ['a column for words', 'ALTER TABLE billing.usage_request ADD COLUMN note text', 'ALTER TABLE billing.usage_request DROP COLUMN note', 'usage_request.note'],
  ['words in a reference', "UPDATE billing.ledger_transfer SET reference = 'a prompt, say'", "UPDATE billing.ledger_transfer SET reference = ''", 'ledger_transfer.reference'],
  [
    'more than a record',
    "INSERT INTO billing.dead_letter (reason, record) VALUES ('refused', 'words')",
    "DELETE FROM billing.dead_letter WHERE record = 'words'",
    'dead_letter.record',
  ],
])('11: %s is seen', async (_, breaking, mending, subject) => {
  const found = await whileBroken(11, breaking, mending);
  expect(found.violations).toBeGreaterThan(0n);
  expect(found.examples.map((example) => example.subject)).toContain(subject);
});

test('the reconciler writes down what it finds, once with a count, repairs nothing, and says when it is over', async () => {
  const books = new BookCheck(billing.pool, billing.metrics, billing.events);
  const posted = async () =>
    (await billing.pool.query<{ posted: bigint }>('SELECT posted FROM billing.balance WHERE account_id = $1', [accountId])).rows[0]!.posted;
  await billing.owner.query('UPDATE billing.balance SET posted = posted + 1 WHERE account_id = $1', [accountId]);
  await books.run();
  await books.run();
  const { rows } = await billing.pool.query('SELECT kind, account_id, expected, found, times FROM billing.discrepancy WHERE subject = $1', [
    accountId,
  ]);
  expect(rows).toEqual([{ kind: 'posted_differs', account_id: accountId, expected: 970n, found: 971n, times: 2n }]);
  expect(await posted()).toBe(971n);
  expect((await billing.metrics.invariants.get()).values).toContainEqual(expect.objectContaining({ labels: { number: '1' }, value: 0 }));
  await billing.owner.query('UPDATE billing.balance SET posted = posted - 1 WHERE account_id = $1', [accountId]);
  await books.run();
  expect((await billing.metrics.invariants.get()).values).toContainEqual(expect.objectContaining({ labels: { number: '1' }, value: 1 }));
});
