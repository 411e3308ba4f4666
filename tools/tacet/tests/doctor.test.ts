import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { issue, issueInto, makeAuthority, type Leaf } from '@tacet/certificates';
import { TacetError } from '@tacet/errors';
import { startRpcServer, type RpcServer } from '@tacet/rpc';
import { createRegistry, Readiness, startMetricsServer, type MetricsServer } from '@tacet/service';
import { documentOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

interface Check {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly remedy?: string;
}

let fake: FakeDeployment;
let metrics: MetricsServer;
const readiness = new Readiness();
const servers: RpcServer[] = [];

const model = { modelId: 'small', contextTokens: 8, outputDefault: 4, overheadTokens: 0, mediaTokensMax: 0, priceVersion: 1 };
const price = { priceVersion: 1, modelId: 'small', inputPico: '1', cachedPico: '1', outputPico: '1', effectiveAtMs: '0' };
const modelsYaml = `models: [{ id: small, context_tokens: 8, output_default: 4, overhead_tokens: 0, media_tokens_max: 0, usd_per_million_tokens: { input: "1", cached: "1", output: "1" } }]`;

async function diagnose(
  flags: readonly string[] = [],
  options: CommandLineOptions = {},
): Promise<{ code: number; checks: Map<string, Check>; stderr: string }> {
  const base = [
    'doctor',
    '--json',
    '--data',
    '.tacet',
    '--health-addresses',
    `edge=127.0.0.1:${metrics.port}`,
    '--workers-file',
    'workers.yaml',
    '--models-file',
    'models.yaml',
  ];
  const result = await tacet([...base, ...flags], { folder: fake.folder, ...options });
  const checks = documentOf(result)['checks'] as Check[];
  return { code: result.code, checks: new Map(checks.map((check) => [check.name, check])), stderr: result.stderr };
}

/** A door of billing with a certificate that says this; no service but health. */
async function startDoor(leaf: Leaf, authority = fake.authority): Promise<string> {
  const { certificate, key } = await issue(authority, leaf);
  const tls = {
    certificate: Buffer.from(certificate),
    key: Buffer.from(key),
    authority: Buffer.from(fake.authority.certificate.toString('pem')),
  };
  const server = await startRpcServer({ host: '127.0.0.1', port: 0, tls, onInternalError: () => undefined }, []);
  servers.push(server);
  return `127.0.0.1:${server.port}`;
}

beforeAll(async () => {
  fake = await startFakeDeployment();
  metrics = await startMetricsServer('127.0.0.1', 0, createRegistry(), readiness);
  readiness.unblock('starting');
});

beforeEach(() => {
  fake.answer({
    AccountAdmin: { ListAccounts: async () => ({ accounts: [], next: Buffer.alloc(0) }) },
    KeyService: { DescribeKeys: async () => ({ keks: [] }) },
    Ledger: { ApplyPrices: async () => ({ models: [model], prices: [price], added: 0 }) },
  });
  writeFileSync(join(fake.folder, 'models.yaml'), modelsYaml);
  writeFileSync(join(fake.folder, 'workers.yaml'), 'pools: [{ id: a, url: "http://127.0.0.1:8000", kind: vllm, models: [small] }]');
});

afterAll(async () => {
  await Promise.all([...servers.map((server) => server.stop(100)), metrics.stop()]);
  await fake.stop();
});

test('a deployment that is well passes, and what was not looked at is not called well', async () => {
  const { code, checks, stderr } = await diagnose();
  expect(code).toBe(0);
  const states = [...checks.values()].map(({ name, state }) => `${name.replace(/ at .*/, '')}: ${state}`);
  expect(states).toEqual([
    'own certificate: ok',
    'account: certificate: ok',
    'account: health: ok',
    'account: lets the operator in: ok',
    'key-service: certificate: ok',
    'key-service: health: ok',
    'key-service: lets the operator in: ok',
    'billing: certificate: ok',
    'billing: health: ok',
    'billing: lets the operator in: ok',
    'edge: ready: ok',
    'edge: clock: ok',
    'main database: skipped',
    'keystore database: skipped',
    'keystore apart: skipped',
    'workers.yaml: ok',
    'models.yaml: ok',
    'every served model has a price: ok',
  ]);
  expect(stderr).toContain('15 ok, 0 failed, 3 not checked');
  expect(fake.calls.every(({ caller }) => caller === 'operator')).toBe(true);
});

test('people get a table, and what to do below it', async () => {
  const { stdout, code } = await tacet(['doctor', '--data', '.tacet', '--keys-address', '127.0.0.1:1'], { folder: fake.folder });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^STATE +CHECK +FOUND\nok +own certificate +tacet:\/\/operator, valid until .* \(89 days\)\n/);
  expect(stdout).toMatch(/failed +key-service: certificate at 127\.0\.0\.1:1 +connect ECONNREFUSED/);
  expect(stdout).toMatch(/\nWhat to do:\n {2}.*key-service: certificate at 127\.0\.0\.1:1: Check that key-service runs/s);
});

const wrongDoors: readonly [string, Leaf, string][] = [
  ['has expired', { identity: 'billing', days: -0.001 }, 'expired on'],
  ['speaks for another process', { identity: 'edge' }, 'speaks for edge'],
  ['speaks for nobody', { identity: 'nobody' }, 'speaks for nobody'],
  ['names another host', { identity: 'billing', dnsNames: ['elsewhere'], addresses: [] }, 'does not name the host'],
];

test.each(wrongDoors)('a certificate that %s is told', async (_, leaf, detail) => {
  const address = await startDoor(leaf);
  const { code, checks } = await diagnose(['--ledger-address', address]);
  expect(code).toBe(1);
  expect(checks.get(`billing: certificate at ${address}`)).toMatchObject({ state: 'failed', detail: expect.stringContaining(detail) });
  expect(checks.has('billing: health')).toBe(false);
});

test('a certificate of another authority is told', async () => {
  const address = await startDoor({ identity: 'billing' }, await makeAuthority());
  const { checks } = await diagnose(['--ledger-address', address]);
  expect(checks.get(`billing: certificate at ${address}`)?.detail).toContain('not of our authority');
});

test('a process that does not let the operator in, or breaks inside, is told', async () => {
  fake.answer({
    AccountAdmin: {
      ListAccounts: async () => {
        throw new TacetError('rpc_not_allowed');
      },
    },
  });
  const { code, checks } = await diagnose();
  expect(code).toBe(1);
  expect(checks.get('account: lets the operator in')?.detail).toContain('rpc_not_allowed');
  expect(checks.get('billing: lets the operator in')?.remedy).toContain('database is out of reach');
  expect(checks.get('every served model has a price')?.state).toBe('skipped');
});

test('a process that is not ready says why', async () => {
  readiness.block('draining');
  const { code, checks } = await diagnose();
  readiness.unblock('draining');
  expect(code).toBe(1);
  expect(checks.get('edge: ready')).toMatchObject({ state: 'failed', detail: 'not ready: draining' });
});

test('a clock that is off is told', async () => {
  const { code, checks } = await diagnose([], { nowMs: Date.now() + 3_600_000 });
  expect(code).toBe(1);
  expect(checks.get('edge: clock')).toMatchObject({ state: 'failed', detail: expect.stringMatching(/^3\d{3} s behind/) });
});

test('files are checked as the edge and `prices apply` read them, and every served model needs a price', async () => {
  writeFileSync(join(fake.folder, 'workers.yaml'), 'pools: [{ id: a, url: "http://127.0.0.1:8000", kind: vllm, models: [small, unsold] }]');
  writeFileSync(join(fake.folder, 'models.yaml'), modelsYaml.replace('"1"', '1'));
  const { code, checks } = await diagnose();
  expect(code).toBe(1);
  expect(checks.get('models.yaml')?.detail).toContain('usd_per_million_tokens.input: must be a decimal number in quotes');
  expect(checks.get('every served model has a price')).toMatchObject({ state: 'failed', detail: 'without: unsold' });
});

test("the operator's own certificate is looked at first", async () => {
  await issueInto(join(fake.folder, 'edge'), fake.authority, { identity: 'edge' });
  await issueInto(join(fake.folder, 'old'), fake.authority, { identity: 'operator', days: -0.001 });
  await issueInto(join(fake.folder, 'mixed'), await makeAuthority(), { identity: 'operator' });
  writeFileSync(join(fake.folder, 'mixed', 'ca.crt'), fake.authority.certificate.toString('pem'));
  const own = async (folder: string) => (await diagnose(['--tls-dir', folder])).checks.get('own certificate')?.detail;
  expect(await own('edge')).toBe('speaks for edge, not for operator');
  expect(await own('old')).toContain('expired on');
  expect(await own('mixed')).toBe('is not signed by ca.crt');
  expect(await own('missing')).toContain('tls.crt cannot be read');
});

test('where nothing is known, nothing is well', async () => {
  const { code, stderr } = await tacet(['doctor'], { folder: '/nowhere' });
  expect(code).toBe(1);
  expect(stderr).toContain('0 ok, 0 failed, 11 not checked');
});
