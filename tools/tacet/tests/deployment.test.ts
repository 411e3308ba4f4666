import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { InvalidFileError } from '../src/invalid-file-error.ts';
import { parseWorkerList } from '../src/worker-list.ts';
import { documentOf, linesOf, tacet, type CommandLineResult } from './command-line.ts';

// Goal: every command does against the real processes what it says.
// Method: one embedded deployment; each test goes on where the one before ended, as an operator's day does.

interface Found {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

let deployment: Constellation;
let environment: Record<string, string>;
let accountId: string;
let key: string;
let publicId: string;

const run = (...line: string[]): Promise<CommandLineResult> => tacet([...line, '--json'], { environment, folder: deployment.paths.folder });
const succeed = async (...line: string[]): Promise<CommandLineResult> => {
  const result = await run(...line);
  expect(result).toMatchObject({ code: 0 });
  return result;
};

function ask(): Promise<Response> {
  const body = JSON.stringify({ model: 'demo-model', messages: [{ role: 'user', content: 'hello' }], max_tokens: 16 });
  return fetch(`${deployment.edges[0]?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
}

beforeAll(async () => {
  deployment = await startConstellation({ mode: 'embedded' });
  const { paths, addresses, processes } = deployment;
  const health = processes.map(({ name, metricsUrl }) => `${name}=${new URL(metricsUrl).host}`);
  environment = {
    TACET_TLS_DIR: paths.certificates('operator'),
    TACET_LEDGER_ADDRESS: addresses.ledger,
    TACET_DIRECTORY_ADDRESS: addresses.directory,
    TACET_KEYS_ADDRESS: addresses.keys,
    TACET_POSTGRES_URL_FILE: paths.databaseUrl('tacet_owner'),
    TACET_KEYSTORE_URL_FILE: paths.databaseUrl('tacet_keystore_owner'),
    TACET_EDGE_WORKERS_FILE: paths.workers,
    TACET_HEALTH_ADDRESSES: health.join(','),
  };
}, 120_000);

afterAll(() => deployment?.stop());

test('doctor finds a fresh deployment well', async () => {
  const { checks } = documentOf(await run('doctor')) as { checks: Found[] };
  expect(checks.filter(({ state }) => state !== 'ok').map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
    'models.yaml: no file is known',
  ]);
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['edge: ready', 'pruner: ready', 'keystore apart', 'key-service: lets the operator in']),
  );
});

test('an account gets its name, credit and a key, and a grant counts once', async () => {
  accountId = String(documentOf(await succeed('account', 'create', '--email', 'ann@example.org'))['account_id']);
  const grantId = '01938b6e-0000-7000-8000-000000000001';
  for (let i = 0; i < 2; i++) await succeed('credit', 'grant', 'ann@example.org', '5', '--grant-id', grantId);
  expect(documentOf(await succeed('balance', accountId))).toMatchObject({ posted_usd: '5.00', available_usd: '5.00' });
  const made = documentOf(await succeed('key', 'create', 'ann@example.org', '--name', 'build', '--spend-day', '2'));
  key = String(made['key']);
  publicId = String(made['public_id']);
  expect(linesOf(await succeed('key', 'list', accountId))).toMatchObject([
    { public_id: publicId, name: 'build', state: 'active', limits: { spend_day_usd: '2.00' } },
  ]);
  expect(linesOf(await succeed('account', 'list', '--email', 'ann@example.org'))).toMatchObject([
    { account_id: accountId, status: 'active' },
  ]);
});

test('what a request cost stands in usage, balance and ledger', async () => {
  const response = await ask();
  expect(response.status).toBe(200);
  await response.text();
  const rows = await eventually('the request is in the ledger', async () => {
    const found = linesOf(await succeed('usage', accountId));
    return found.some((row) => row['type'] === 'request' && row['final'] === true) ? found : undefined;
  });
  const [request, period] = rows;
  expect(request).toMatchObject({ type: 'request', model: 'demo-model', output_tokens: '16', usage_source: 'exact' });
  expect(period).toMatchObject({ type: 'period', output_tokens: '16', charged_usd: request?.['charged_usd'] });
  expect(documentOf(await succeed('balance', accountId))['posted_usd']).toMatch(/^4\.99/);
  expect(linesOf(await succeed('transfers', accountId))).toMatchObject([{ kind: 'grant', counterpart: 'promo', amount_usd: '5.00' }]);
  const statement = linesOf(await succeed('statement', accountId));
  expect(statement.map(({ kind }) => kind)).toEqual(['grant', 'open_usage', 'closing']);
  expect(statement[1]).toMatchObject({ model: 'demo-model', output_tokens: '16', amount_usd: `-${String(request?.['charged_usd'])}` });
  expect(statement[2]?.['balance_usd']).toBe(documentOf(await succeed('balance', accountId))['posted_usd']);
  expect(linesOf(await succeed('ledger', 'dead-letters'))).toEqual([]);
  const ledger = documentOf(await succeed('ledger', 'check')) as { holds: boolean; invariants: { number: number; checked: string }[] };
  expect(ledger.holds).toBe(true);
  expect(ledger.invariants.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(ledger.invariants.some(({ checked }) => checked !== '0')).toBe(true);
});

test('an overdraft makes more available', async () => {
  await succeed('credit', 'overdraft', accountId, '10');
  expect(Number(documentOf(await succeed('balance', accountId))['available_usd'])).toBeGreaterThan(14);
  await succeed('credit', 'overdraft', accountId, '0');
});

test('a changed price is a new version, and the same list again is none', async () => {
  const model = (output: string) =>
    `models: [{ id: demo-model, context_tokens: 8192, output_default: 1024, overhead_tokens: 64, media_tokens_max: 0, usd_per_million_tokens: { input: "0.10", cached: "0.05", output: "${output}" } }]`;
  writeFileSync(join(deployment.paths.folder, 'prices.yaml'), model('0.33'));
  const before = documentOf(await succeed('prices', 'show'));
  expect(documentOf(await succeed('prices', 'apply', 'prices.yaml', '--dry-run'))).toMatchObject({
    added: 1,
    models: [{ change: 'new_price' }],
  });
  expect(documentOf(await succeed('prices', 'show'))).toEqual(before);
  expect(documentOf(await succeed('prices', 'apply', 'prices.yaml'))).toMatchObject({ added: 1 });
  expect(documentOf(await succeed('prices', 'apply', 'prices.yaml'))).toMatchObject({ added: 0, models: [{ change: 'none' }] });
  expect(documentOf(await succeed('prices', 'show'))).toMatchObject({
    models: [{ id: 'demo-model', usd_per_million_tokens: { output: '0.33' } }],
  });
});

test('the master key rotates, and its old version is kept until no backup needs it', async () => {
  const rotated = documentOf(await succeed('kek', 'rotate'));
  expect(rotated).toMatchObject({
    rotated: true,
    rewrapped: '1',
    keks: [
      { state: 'retired', deks: '0' },
      { state: 'active', deks: '1' },
    ],
  });
  expect(documentOf(await succeed('kek', 'status'))).toMatchObject({ keks: [{ kek_version: 1 }, { kek_version: 2 }] });
  const refused = await run('kek', 'destroy', '1', '--yes');
  expect(refused.code).toBe(1);
  expect(documentOf(refused)['error']).toMatchObject({ code: 'conflict' });
  expect(documentOf(await succeed('kek', 'destroy', '1', '--yes', '--force'))).toMatchObject({ kek_version: 1, state: 'destroyed' });
});

test('a suspended account is refused until it is resumed', async () => {
  await succeed('account', 'suspend', accountId);
  await eventually('the edge refuses', async () => (await ask()).status === 403);
  await succeed('account', 'resume', accountId);
  await eventually('the edge serves', async () => (await ask()).status === 200);
});

test('a revoked key is refused', async () => {
  await succeed('key', 'revoke', publicId, '--yes');
  await eventually('the edge refuses', async () => (await ask()).status === 401);
  expect(linesOf(await succeed('key', 'list', accountId))).toMatchObject([{ state: 'revoked' }]);
});

test('migrations are found up to date', async () => {
  expect(documentOf(await succeed('db', 'migrate'))).toEqual({
    instances: [
      { instance: 'main', migrations: [] },
      { instance: 'keystore', migrations: [] },
    ],
  });
});

test('the edge and doctor agree about a workers.yaml', async () => {
  const { workers } = deployment.paths;
  const taken = readFileSync(workers, 'utf8');
  const samples = [
    'pools: [{',
    taken.replace('demo', 'tgi'),
    taken.replace('id:', 'id: A\n    ID:'),
    taken.replace('http:', 'ftp:'),
    `${taken}\nlimits: 1`,
  ];
  const refused = async () =>
    /^tacet_edge_workers_file_refused 1$/m.test(await (await fetch(`${deployment.edges[0]?.process.metricsUrl}/metrics`)).text());
  for (const sample of samples) {
    expect(() => parseWorkerList(sample, 'workers.yaml')).toThrow(InvalidFileError);
    writeFileSync(workers, sample);
    await eventually('the edge refuses the file', refused);
    writeFileSync(workers, taken);
    await eventually('the edge takes the file', async () => !(await refused()));
  }
  expect(parseWorkerList(taken, workers)).toHaveLength(1);
}, 60_000);

test('doctor says which process is gone, and what to do', async () => {
  await deployment.keyServices[0]?.process.stop();
  const result = await run('doctor');
  expect(result.code).toBe(1);
  const { checks } = documentOf(result) as { checks: Found[] };
  const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  expect(failed).toEqual([expect.stringMatching(/^key-service: certificate at /), 'key-service: ready']);
});
