import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { ConfigurationError } from '@tacet/service';
import { findSettings, parseHealthAddresses, requireSetting } from './settings.ts';
import { UsageError } from './usage-error.ts';

const node = ['--disable-sigusr1'];
const file = { version: 1, tlsDir: 'tls/operator', ledgerAddress: 'a:1', directoryAddress: 'a:2', keysAddress: 'a:3' };
let folder: string;

function write(at: string, content: unknown = file): void {
  mkdirSync(join(folder, at), { recursive: true });
  writeFileSync(join(folder, at, 'operator.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-settings-'));
});

test('without anything nothing is known, and what is needed says how to give it', () => {
  expect(findSettings({}, {}, node, [folder])).toEqual({});
  expect(() => requireSetting({}, 'ledgerAddress')).toThrow(/--ledger-address.*TACET_LEDGER_ADDRESS.*--data/);
});

test('the data folder of the working folder is found by itself, and its paths are relative to it', () => {
  write('.tacet', { ...file, workersFile: '/w.yaml', healthAddresses: { edge: 'e:9090' }, somethingNewer: 1 });
  expect(findSettings({}, {}, node, [folder])).toEqual({
    tlsDir: join(folder, '.tacet/tls/operator'),
    ledgerAddress: 'a:1',
    directoryAddress: 'a:2',
    keysAddress: 'a:3',
    healthAddresses: { edge: 'e:9090' },
    workersFile: '/w.yaml',
    operatorFile: join(folder, '.tacet/operator.json'),
  });
});

test('the folder that npm runs in is the second choice', () => {
  write('.tacet');
  expect(findSettings({}, {}, node, [join(folder, 'sub'), folder]).ledgerAddress).toBe('a:1');
});

test.each([
  [{ TACET_LEDGER_ADDRESS: 'b:1' }, {}],
  [{ TACET_TLS_DIR: '/tls' }, {}],
  [{ TACET_POSTGRES_URL_FILE: '/u' }, {}],
  [{ TACET_HEALTH_ADDRESSES: 'edge=e:1' }, {}],
  [{}, { ledgerAddress: 'b:1' }],
])('a deployment that %j or flags %j name is never mixed with one that is found', (environment, flags) => {
  write('.tacet');
  expect(findSettings(flags, environment, node, [folder]).directoryAddress).toBeUndefined();
});

test('a file to check says nothing of the deployment', () => {
  write('.tacet');
  expect(findSettings({ modelsFile: 'm.yaml' }, {}, node, [folder])).toMatchObject({
    ledgerAddress: 'a:1',
    modelsFile: join(folder, 'm.yaml'),
  });
});

test('--data wins over every variable, and a flag wins over --data', () => {
  write('other');
  const settings = findSettings({ data: 'other', keysAddress: 'f:1' }, { TACET_LEDGER_ADDRESS: 'b:1', TACET_TLS_DIR: '/tls' }, node, [
    folder,
  ]);
  expect(settings).toMatchObject({ ledgerAddress: 'a:1', keysAddress: 'f:1', tlsDir: join(folder, 'other/tls/operator') });
});

test('a flag wins over its variable', () => {
  expect(findSettings({ ledgerAddress: 'f:1' }, { TACET_LEDGER_ADDRESS: 'b:1', TACET_KEYS_ADDRESS: 'b:3' }, node, [folder])).toEqual({
    ledgerAddress: 'f:1',
    keysAddress: 'b:3',
  });
});

test("other processes' variables are ignored, since an operator's shell may hold them", () => {
  expect(findSettings({}, { TACET_EDGE_PORT: 'x', TACET_LEDGER_ADDRESS: 'b:1' }, node, [folder])).toEqual({ ledgerAddress: 'b:1' });
});

test('a wrong value and a debugger are refused by name', () => {
  expect(() => findSettings({}, { TACET_LEDGER_ADDRESS: 'nowhere', GRPC_TRACE: 'all' }, node, [folder])).toThrow(ConfigurationError);
  expect(() => findSettings({ ledgerAddress: 'nowhere' }, {}, node, [folder])).toThrow(UsageError);
});

test.each([
  ['no such folder', undefined, 'cannot be read'],
  ['no JSON', '{', 'cannot be read'],
  ['another version', { ...file, version: 2 }, 'version: must be 1'],
  ['a missing address', { ...file, keysAddress: undefined }, 'keysAddress: is required'],
  ['a wrong address', { ...file, keysAddress: 'x' }, 'keysAddress: must be host:port'],
])('--data with %s is told', (_, content, message) => {
  if (content !== undefined) write('other', content);
  expect(() => findSettings({ data: 'other' }, {}, node, [folder])).toThrow(message);
});

test('health addresses name processes', () => {
  expect(parseHealthAddresses('edge=e:1, key-service=k:2')).toEqual({ edge: 'e:1', 'key-service': 'k:2' });
  expect(() => parseHealthAddresses('edge:9090')).toThrow(UsageError);
  expect(() => parseHealthAddresses('edges=e:1')).toThrow(UsageError);
});
