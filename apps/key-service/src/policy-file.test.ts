import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { parsePolicy, PolicyFile } from './policy-file.ts';
import { keyServicePolicy, sealServicePolicy } from './policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-policy-'));
const file = join(folder, 'policy.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const sample = readFileSync(new URL('../policy.yaml', import.meta.url), 'utf8');

test('the sample says what the code says', () => {
  const rights = parsePolicy('TACET_X', sample);
  for (const [rpc, allowed] of Object.entries({ ...keyServicePolicy, ...sealServicePolicy })) expect([rpc, ...(rights.get(rpc) ?? [])].sort()).toEqual([rpc, ...allowed].sort());
});

test('a file can take away', () => {
  const rights = parsePolicy('TACET_X', 'account: [Open]\n');
  expect([...rights].filter(([, allowed]) => allowed.size > 0)).toEqual([['Open', new Set(['account'])]]);
});

test.each([
  ['operator: [Open]', 'TACET_X: operator must not be given Open'],
  ['pruner: [DestroyEpochs, ShredAccount]', 'TACET_X: pruner must not be given ShredAccount'],
  ['edge: [Seal]', 'TACET_X: edge must not be given Seal'],
  ['account: [Unwrap]', 'TACET_X: each line must be an identity and a list of rpcs that exist'],
  ['nobody: [Open]', 'TACET_X: each line must be'],
  ['account: Open', 'TACET_X: each line must be'],
  ['account: [Open]\naccount: [Seal]', 'TACET_X: the file is not valid YAML'],
  ['[', 'TACET_X: the file is not valid YAML'],
  ['', 'TACET_X: each line must be'],
])('%j is refused', (text, message) => {
  expect(() => parsePolicy('TACET_X', text)).toThrow(message);
});

test('a file that becomes invalid keeps what was read before, one that is valid again is taken', () => {
  const told: boolean[] = [];
  writeFileSync(file, 'account: [Seal, Open]\n');
  const policy = new PolicyFile('TACET_X', file, (error) => told.push(error === undefined));
  const seals = policy.of(sealServicePolicy);
  expect(seals).toEqual({ Seal: ['account'], Open: ['account'] });
  writeFileSync(file, 'operator: [Open]\n');
  policy.refresh();
  expect([policy.isUsable, seals.Open]).toEqual([false, ['account']]);
  writeFileSync(file, 'account: [Seal]\n');
  policy.refresh();
  expect([policy.isUsable, seals.Open, seals.Seal]).toEqual([true, [], ['account']]);
  expect(told).toEqual([false, true]);
  policy.close();
});

test('a file that is not there is refused by name', () => {
  expect(() => new PolicyFile('TACET_X', join(folder, 'none.yaml'), () => undefined)).toThrow('TACET_X: the file cannot be read');
});
