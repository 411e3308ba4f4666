import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'uuid';
import { documentOf, linesOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

const accountText = '01938b6e-0000-7000-8000-000000000001';
const accountId = Buffer.from(parse(accountText));
const balance = {
  accountId,
  postedNano: '9007199254740993000',
  heldNano: '1500000',
  overdraftNano: '0',
  availableNano: '-1',
  suspended: false,
};
const none = Buffer.alloc(0);

let fake: FakeDeployment;
const run = (line: string, options: CommandLineOptions = {}) => tacet(line.split(' '), { folder: fake.folder, ...options });

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

test('a balance keeps every nano-dollar', async () => {
  fake.answer({ Ledger: { GetBalance: async () => balance } });
  expect(documentOf(await run(`balance ${accountText} --json`))).toEqual({
    account_id: accountText,
    posted_usd: '9007199254.740993',
    held_usd: '0.0015',
    overdraft_usd: '0.00',
    available_usd: '-0.000000001',
    suspended: false,
  });
  expect((await run(`balance ${accountText}`)).stdout).toContain('held by running requests  0.0015 USD');
});

test('a grant has an id that is told before the call, and can be repeated with it', async () => {
  fake.answer({ Ledger: { GrantCredit: async () => balance } });
  const first = await run(`credit grant ${accountText} 12.50 --json`);
  const grantId = String(documentOf(first)['grant_id']);
  expect(first.stderr).toContain(`--grant-id ${grantId}`);
  await run(`credit grant ${accountText} 12.50 --grant-id ${grantId}`);
  const bytes = Buffer.from(parse(grantId));
  expect(fake.calls.map(({ request }) => request)).toEqual([
    { accountId, amountNano: '12500000000', grantId: bytes },
    { accountId, amountNano: '12500000000', grantId: bytes },
  ]);
});

test('a grant whose answer is lost has told its id', async () => {
  fake.answer({ Ledger: {} });
  const lost = await run(`credit grant ${accountText} 1`);
  expect(lost.code).toBe(1);
  expect(lost.stderr).toMatch(/--grant-id [0-9a-f-]{36}/);
});

test('a refund names the payment by its reference, and has an id that is told before the call', async () => {
  fake.answer({ Ledger: { RefundTopUp: async () => ({ refundId: 're_1', amountNano: '4500000000' }) } });
  const first = await run(`credit refund ${accountText} cs_1 4.50 --json`);
  const { request_id: requestId, ...told } = documentOf(first);
  expect(told).toEqual({ refund_id: 're_1', refunded_usd: '4.50' });
  expect(first.stderr).toContain(`--request-id ${String(requestId)}`);
  await run(`credit refund ${accountText} cs_1 --request-id ${String(requestId)}`);
  const request = { accountId, reference: 'cs_1', requestId: Buffer.from(parse(String(requestId))) };
  expect(fake.calls.map((call) => call.request)).toEqual([
    { ...request, amountNano: '4500000000' },
    { ...request, amountNano: '0' },
  ]);
});

test.each(['-1', '0', '1e3', 'all', '0.0000000001'])('%s is no credit, and nothing is called', async (amount) => {
  fake.answer({ Ledger: { GrantCredit: async () => balance } });
  expect((await tacet(['credit', 'grant', accountText, '--', amount], { folder: fake.folder })).code).toBe(2);
  expect(fake.calls).toEqual([]);
});

test('an overdraft is set, and 0 takes it back', async () => {
  fake.answer({ Ledger: { SetOverdraft: async ({ overdraftNano }) => ({ ...balance, overdraftNano }) } });
  expect(documentOf(await run(`credit overdraft ${accountText} 5 --json`))).toMatchObject({ overdraft_usd: '5.00' });
  expect((await run(`credit overdraft ${accountText} 0`)).code).toBe(0);
});

const request = {
  requestId: Buffer.from(parse('01938b6e-0000-7000-8000-0000000000b1')),
  keyId: accountId,
  modelId: 'small',
  priceVersion: 3,
  inputTokens: '10',
  cachedTokens: '4',
  outputTokens: '9007199254740993',
  chargedNano: '1500',
  chargeNano: '1500',
  status: 'ok',
  usageSource: 'exact',
  route: 'chat_completions',
  ttftMs: '12',
  latencyMs: '340',
  finishedAtMs: '1769860800000',
  final: true,
};
const period = {
  period: '2026-01',
  keyId: none,
  modelId: 'small',
  priceVersion: 3,
  inputTokens: '1',
  cachedTokens: '0',
  outputTokens: '2',
  chargedNano: '5',
  noLog: true,
  closed: false,
};

test('usage is two tables for people and lines for programs', async () => {
  fake.answer({
    Ledger: {
      ListUsage: async function* () {
        yield { request };
        yield { request: { ...request, final: false } };
        yield { period };
      },
    },
  });
  const { stdout } = await run(`usage ${accountText} --from 2026-01-01 --to 2026-02-01T00:00:00Z`);
  expect(stdout).toMatch(
    /^FINISHED.*\n2026-01-31T12:00:00\.000Z {2}small {2}ok .* 0\.0000015 .*\n.*running.*\nPERIOD.*\n2026-01 {2}small {2}no-log/,
  );
  expect(fake.calls[0]?.request).toMatchObject({
    fromMs: String(Date.UTC(2026, 0, 1)),
    toMs: String(Date.UTC(2026, 1, 1)),
    requestsMax: 50,
  });
  const [first, , sum] = linesOf(await run(`usage ${accountText} --json --limit 0`));
  expect(first).toMatchObject({
    type: 'request',
    output_tokens: '9007199254740993',
    charged_usd: '0.0000015',
    finished_at: '2026-01-31T12:00:00.000Z',
  });
  expect(sum).toMatchObject({ type: 'period', key_id: null, no_log: true });
  expect(fake.calls[1]?.request).toMatchObject({ requestsMax: 0 });
});

test('sums alone are one table, and nothing at all is no table', async () => {
  fake.answer({
    Ledger: {
      ListUsage: async function* () {
        yield { period };
      },
    },
  });
  expect((await run(`usage ${accountText}`)).stdout).toMatch(/^PERIOD/);
  fake.answer({ Ledger: { ListUsage: async function* () {} } });
  expect(await run(`usage ${accountText}`)).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('transfers are listed with their sign', async () => {
  const transfer = {
    transferId: accountId,
    amountNano: '-2500000000',
    counterpart: 'revenue:usage',
    kind: 'usage',
    reference: '2026-01-31',
    createdAtMs: '1769860800000',
  };
  fake.answer({
    Ledger: {
      ListTransfers: async function* () {
        yield transfer;
      },
    },
  });
  expect(linesOf(await run(`transfers ${accountText} --json`))).toEqual([
    {
      transfer_id: accountText,
      created_at: '2026-01-31T12:00:00.000Z',
      amount_usd: '-2.50',
      kind: 'usage',
      counterpart: 'revenue:usage',
      reference: '2026-01-31',
    },
  ]);
  expect((await run(`transfers ${accountText}`)).stdout).toContain('-2.50');
});

const invariants = [
  { number: 1, sentence: 'The ledger sums to zero.', holds: true, checked: '10', violations: '0', examples: [] },
  { number: 2, sentence: 'Held is what leases hold.', holds: false, checked: '10', violations: '1', examples: [`${accountText} 5 6`] },
];

test('a ledger that is sound is 0, one that is not is 1 and shows what breaks it', async () => {
  fake.answer({ Ledger: { CheckLedger: async () => ({ invariants: invariants.slice(0, 1) }) } });
  expect(await run('ledger check')).toMatchObject({ code: 0, stderr: 'Every invariant holds.\n' });
  fake.answer({ Ledger: { CheckLedger: async () => ({ invariants }) } });
  const broken = await run('ledger check');
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/2 {2}NO .*\n\ninvariant 2, first violations:\n {2}01938b6e/);
  expect(documentOf(await run('ledger check --json'))).toMatchObject({
    holds: false,
    invariants: [
      { number: 1, holds: true },
      { number: 2, violations: '1' },
    ],
  });
});

test('a check that looked at nothing proves nothing', async () => {
  fake.answer({ Ledger: { CheckLedger: async () => ({ invariants: [] }) } });
  expect((await run('ledger check')).code).toBe(1);
});
