import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issueInto } from '@tacet/certificates';
import { documentOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

const account = '01938b6e-0000-7000-8000-000000000001';
const empty = mkdtempSync(join(tmpdir(), 'tacet-empty-'));
let fake: FakeDeployment;
const run = (line: string, options: CommandLineOptions = {}) => tacet(line.split(' '), { folder: fake.folder, ...options });

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

test('without a deployment a command says what to give', async () => {
  const result = await run(`balance ${account}`, { folder: empty });
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain("the address of billing's gRPC door is not known: give --ledger-address, set TACET_LEDGER_ADDRESS");
});

test('where nothing listens, the address and what to check are told', async () => {
  const result = await run(`balance ${account} --ledger-address 127.0.0.1:${await closedPort()} --data .tacet --json`);
  expect(result.code).toBe(1);
  expect(documentOf(result)['error']).toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/Ledger\.GetBalance: no answer from billing at 127\.0\.0\.1:\d+$/),
  });
  expect(result.stderr).toContain('operator.json, or --ledger-address');
});

test('a server that is somebody else gets no call', async () => {
  fake.answer({});
  const result = await run(`balance ${account} --data .tacet --ledger-address ${fake.address('KeyService')}`);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('unavailable');
  expect(fake.calls).toEqual([]);
});

test('the certificate of another process is refused by the server', async () => {
  await issueInto(join(fake.folder, 'edge'), fake.authority, { identity: 'edge' });
  const result = await run(`balance ${account} --data .tacet --tls-dir edge`);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('rpc_not_allowed');
});

test('variables name a deployment as flags do', async () => {
  fake.answer({ AccountAdmin: { ListAccounts: async () => ({ accounts: [], next: Buffer.alloc(0) }) } });
  const environment = { TACET_DIRECTORY_ADDRESS: fake.address('AccountAdmin'), TACET_TLS_DIR: join(fake.folder, '.tacet', 'tls') };
  expect((await run('account list', { folder: empty, environment })).code).toBe(0);
  expect(fake.calls).toHaveLength(1);
});

test('npm runs a script in its own folder, so paths count from the folder that it was typed in', async () => {
  fake.answer({ AccountAdmin: { ListAccounts: async () => ({ accounts: [], next: Buffer.alloc(0) }) } });
  const environment = { npm_lifecycle_event: 'tacet', INIT_CWD: fake.folder };
  expect((await run('account list', { folder: empty, environment })).code).toBe(0);
});

test.each([
  ['nonsense', 'unknown command'],
  ['balance', "missing required argument 'account'"],
  ['key create x', "required option '--name <name>'"],
  [`credit grant ${account} lots`, 'An amount is USD'],
  ['account list --limit many', 'A count is a whole number'],
  ['account list --colour', "unknown option '--colour'"],
  [`usage ${account} --from yesterday`, 'A time is a date'],
])('%s is wrong usage: 2, and one document with --json', async (line, message) => {
  const plain = await run(line);
  expect(plain).toMatchObject({ code: 2, stdout: '' });
  expect(plain.stderr).toContain(message);
  const json = await run(`${line} --json`);
  expect(json.code).toBe(2);
  expect(documentOf(json)['error']).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
});

test('help is asked for, not wrong', async () => {
  for (const line of ['--help', 'help', 'kek rotate --help', 'help kek']) expect(await run(line)).toMatchObject({ code: 0, stderr: '' });
  expect((await run('key create --help')).stdout).toContain('--spend-total');
});

test('a command line that a debugger could read keys out of is refused', async () => {
  const result = await run(`balance ${account}`, { environment: { GRPC_TRACE: 'all' } });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('GRPC_TRACE: must not be set');
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
