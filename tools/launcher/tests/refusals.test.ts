import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyCache, launch } from './launched.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-refusals-'));

afterAll(() => {
  for (const made of [root, emptyCache]) rmSync(made, { recursive: true, force: true });
});

test.each([
  [['--fast'], "unknown option '--fast'"],
  [['--worker', 'gpu'], 'is not the URL of a worker'],
  [['--model', '/no/such.gguf'], 'there is no such file'],
  [['now'], "unexpected argument 'now'"],
])('%j ends with code 2, a sentence, and nothing on standard output', async (given, sentence) => {
  const launched = launch(given);
  expect(await launched.ended).toBe(2);
  expect(launched.stdout()).toBe('');
  expect(launched.stderr()).toContain(sentence);
  expect(launched.stderr().trimEnd().split('\n')).toHaveLength(2);
});

test('--help tells every option', async () => {
  const launched = launch(['--help']);
  expect(await launched.ended).toBe(0);
  for (const flag of ['--data', '--worker', '--model', '--no-fetch', '--reset', '--json', '--help']) expect(launched.stdout()).toContain(flag);
});

test('a folder that is not the launcher\'s own is neither used nor deleted', async () => {
  writeFileSync(join(root, 'thesis.txt'), 'x');
  for (const given of [[], ['--reset']]) {
    const launched = launch(['--data', root, '--json', ...given]);
    expect(await launched.ended).toBe(1);
    expect(launched.stdout()).toBe('');
    expect(launched.stderr()).toContain('is not empty and was not made by npm start');
  }
  expect(readdirSync(root)).toEqual(['thesis.txt']);
});

test('a worker that does not answer is an error, never replaced by another', async () => {
  const launched = launch(['--data', join(root, 'data'), '--worker', 'http://127.0.0.1:9', '--json']);
  expect(await launched.ended).toBe(1);
  expect(launched.stdout()).toBe('');
  expect(launched.stderr()).toContain('nothing answers at http://127.0.0.1:9/v1/models');
}, 60_000);
