import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'uuid';
import { documentOf, linesOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

/* Statements, corrections and dead letters. */

const accountText = '01938b6e-0000-7000-8000-000000000001';
const keyText = '01938b6e-0000-7000-8000-000000000002';
const accountId = Buffer.from(parse(accountText));

let fake: FakeDeployment;
const run = (line: string, options: CommandLineOptions = {}) => tacet(line.split(' '), { folder: fake.folder, ...options });

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

const lines = [
  { atMs: '1769860800000', kind: 'opening', amountNano: '5000000000', balanceNano: '5000000000' },
  {
    atMs: '1769864400000',
    kind: 'usage',
    reference: '2026-01-31',
    counterpart: 'revenue:usage',
    amountNano: '-2500000000',
    balanceNano: '2500000000',
    keyId: Buffer.from(parse(keyText)),
    modelId: 'tacet-demo',
    priceVersion: 7,
    inputTokens: '10',
    cachedTokens: '0',
    outputTokens: '9007199254740993',
    lostNano: '1',
    transferId: accountId,
  },
  { atMs: '1769864400000', kind: 'open_usage', reference: '2026-01', amountNano: '-1', balanceNano: '2499999999', modelId: 'tacet-demo', noLog: true },
  { atMs: '1769868000000', kind: 'closing', balanceNano: '2499999999' },
];

test('a statement is listed with its running balance, and asks for its range', async () => {
  fake.answer({
    Ledger: {
      ListStatement: async function* () {
        yield* lines;
      },
    },
  });
  const table = (await run(`statement ${accountText} --from 2026-01-31T12:00:00Z --to 2026-02-01`)).stdout.split('\n');
  expect(fake.calls[0]!.request).toEqual({ accountId, fromMs: '1769860800000', toMs: '1769904000000' });
  expect(table[2]).toMatch(/usage +2026-01-31 +tacet-demo +01938b6e-0000-7000-8000-000000000002 +10 +0 +9007199254740993 +-2\.50 +2\.50$/);
  expect(table[3]).toMatch(/open_usage .* no-log .* -0\.000000001 +2\.499999999$/);
  expect(table[4]).toMatch(/closing +2\.499999999$/);
  const [, usage, open] = linesOf(await run(`statement ${accountText} --json`));
  expect(usage).toEqual({
    at: '2026-01-31T13:00:00.000Z',
    kind: 'usage',
    reference: '2026-01-31',
    counterpart: 'revenue:usage',
    amount_usd: '-2.50',
    balance_usd: '2.50',
    lost_usd: '0.000000001',
    key_id: keyText,
    no_log: false,
    model: 'tacet-demo',
    price_version: 7,
    input_tokens: '10',
    cached_tokens: '0',
    output_tokens: '9007199254740993',
    transfer_id: accountText,
  });
  expect(open).toMatchObject({ key_id: null, no_log: true, transfer_id: null });
});

const balance = { accountId, postedNano: '1', heldNano: '0', overdraftNano: '0', availableNano: '1', suspended: false };

test('a correction goes either way, against an account of the ledger, and has an id to repeat it with', async () => {
  fake.answer({ Ledger: { CorrectBalance: async () => balance } });
  const first = await run(`credit correct ${accountText} 0.25 --against loss:bound --json`);
  const correctionId = String(documentOf(first)['correction_id']);
  expect(first.stderr).toContain(`--correction-id ${correctionId}`);
  await run(`credit correct --correction-id ${correctionId} ${accountText} -- -1.25`);
  const id = Buffer.from(parse(correctionId));
  expect(fake.calls.map(({ request }) => request)).toEqual([
    { accountId, amountNano: '250000000', correctionId: id, counterpart: 'loss:bound' },
    { accountId, amountNano: '-1250000000', correctionId: id, counterpart: 'revenue:usage' },
  ]);
});

test.each(['0', '-0', '--5', '1e3'])('%s is no correction, and nothing is called', async (amount) => {
  fake.answer({ Ledger: { CorrectBalance: async () => balance } });
  expect((await run(`credit correct ${accountText} -- ${amount}`)).code).toBe(2);
  expect((await run(`credit correct ${accountText} 1 --against customer:x`)).code).toBe(2);
  expect(fake.calls).toEqual([]);
});

test('dead letters are listed with what can be read of them', async () => {
  const edge = Buffer.from(parse(keyText));
  fake.answer({
    Ledger: {
      ListDeadLetters: async function* () {
        yield { deadLetterId: '5', receivedAtMs: '1769860800000', reason: 'unknown_price', record: Buffer.alloc(128, 1), edgeId: edge, seq: '7', accountId, priceVersion: 9, outputTokens: 3 };
        yield { deadLetterId: '6', receivedAtMs: '1769860800000', reason: 'unknown_format', record: Buffer.alloc(128, 2) };
      },
    },
  });
  expect((await run('ledger dead-letters')).stdout).toMatch(/5 +2026-01-31T12:00:00\.000Z +unknown_price +01938b6e-0000-7000-8000-000000000002 +7 +01938b6e-0000-7000-8000-000000000001 +9 +0 +0 +3\n/);
  expect(linesOf(await run('ledger dead-letters --json'))).toMatchObject([
    { id: '5', account_id: accountText, record: '01'.repeat(128) },
    { id: '6', account_id: null, edge_id: null, reason: 'unknown_format' },
  ]);
});

test('a retry tells what became of the dead letters', async () => {
  fake.answer({ Ledger: { RetryDeadLetters: async () => ({ charged: 3, superseded: 1, kept: 2 }) } });
  expect(documentOf(await run('ledger retry --json'))).toEqual({ charged: 3, superseded: 1, kept: 2 });
  expect((await run('ledger retry')).stdout).toMatch(/charged +3\nsuperseded +1\nkept +2\n/);
});
