import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const data = (name: string) => fileURLToPath(new URL(`../../../libs/sealed-record/vectors/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tacet-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...files: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', main, ...files], { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n'), stderr };
}

interface Cases {
  cases: Record<string, unknown>[];
}

/** A copy of a file of vectors with something changed. */
function changed(name: string, change: (content: Cases) => void): string {
  const content = JSON.parse(readFileSync(data(name), 'utf8')) as Cases;
  change(content);
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test.each([['sealed-record.json', 6], ['wrapped-dek.json', 2], ['salamander.json', 1]])('%s holds', (name, count) => {
  expect(run(data(name))).toEqual({ status: 0, lines: [`${count} ok, 0 failed`], stderr: '' });
});

test('a case whose record is another fails by its name, the others hold', () => {
  const file = changed('sealed-record.json', ({ cases }) => {
    cases[0]!['record'] = String(cases[0]!['record']).replace(/..$/, '00');
    cases[3]!['plaintext'] = '00';
  });
  const { status, lines } = run(file);
  expect(status).toBe(1);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^FAILED durable: seal gives .*; open is refused/);
  expect(lines[1]).toMatch(/^FAILED ephemeral: /);
  expect(lines[2]).toBe('4 ok, 2 failed');
});

test.each(['nonce', 'dek'])('a changed %s fails', (field) => {
  const file = changed('sealed-record.json', ({ cases }) => {
    for (const entry of cases) entry[field] = String(entry[field]).replace(/^../, 'ff');
  });
  expect(run(file)).toMatchObject({ status: 1, lines: expect.arrayContaining(['0 ok, 6 failed']) });
});

test('an ephemeral case needs its epoch', () => {
  const file = changed('sealed-record.json', ({ cases }) => delete cases[3]!['epochSecret']);
  expect(run(file).lines).toEqual(['FAILED ephemeral: suite 17 needs epoch and epochSecret, suite 1 has neither', '5 ok, 1 failed']);
});

test('a wrapped DEK of another KEK fails', () => {
  const file = changed('wrapped-dek.json', ({ cases }) => (cases[1]!['kek'] = '4d'.repeat(32)));
  expect(run(file)).toMatchObject({ status: 1, lines: [expect.stringMatching(/^FAILED local-rewrapped: .*unwrap is refused/), '1 ok, 1 failed'] });
});

test('a bad file is told in a sentence', () => {
  expect(run(join(folder, 'none.json'))).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot be read (ENOENT)') });
  const file = join(folder, 'bad.json');
  for (const [content, message] of [['{', 'is not JSON'], ['[]', 'is not a file of vectors'], ['{"cases":[]}', 'cases: '], ['{"cases":[{"name":"x"}]}', 'cases.0.dek: ']] as const) {
    writeFileSync(file, content);
    expect(run(file)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  }
  const short = changed('sealed-record.json', ({ cases }) => (cases[0]!['dek'] = '00'));
  expect(run(short)).toMatchObject({ status: 2, stderr: expect.stringContaining('cases.0.dek: is not 32 bytes of hex') });
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('usage') });
});
