import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseLauncherArguments } from './arguments.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-arguments-'));
const gguf = join(folder, 'model.gguf');
writeFileSync(gguf, 'GGUF\u0003\0\0\0');
const text = join(folder, 'text.gguf');
writeFileSync(text, 'hello');

afterAll(() => rmSync(folder, { recursive: true }));

test('nothing given means the usual', () => {
  expect(parseLauncherArguments([], {})).toEqual({
    kind: 'run',
    options: { dataFolder: resolve('.tacet'), workerUrls: [], modelFile: undefined, noFetch: false, reset: false, json: false },
  });
});

test('every option is understood', () => {
  const given = ['--data', '/tmp/d', '--worker', 'http://127.0.0.1:8000/v1/', '--worker', 'https://gpu.example/llm', '--no-fetch', '--reset', '--json'];
  expect(parseLauncherArguments(given, {})).toEqual({
    kind: 'run',
    options: { dataFolder: '/tmp/d', workerUrls: ['http://127.0.0.1:8000', 'https://gpu.example/llm'], modelFile: undefined, noFetch: true, reset: true, json: true },
  });
  expect(parseLauncherArguments(['--model', gguf], {})).toMatchObject({ options: { modelFile: gguf } });
  expect(parseLauncherArguments(['--help'], {})).toEqual({ kind: 'help' });
});

test.each([
  [['--rest'], "unknown option '--rest'"],
  [['start'], "unexpected argument 'start'"],
  [['--data'], "option '--data <value>' argument missing"],
  [['--data', ''], '--data needs a folder'],
  [['--json=yes'], "option '--json' does not take an argument"],
  [['--worker', 'localhost'], '--worker localhost: is not the URL of a worker, such as http://127.0.0.1:8000'],
  [['--worker', 'ftp://x'], '--worker ftp://x: is not the URL'],
  [['--worker', 'http://user:secret@x'], 'must hold no user and password'],
  [['--worker', 'http://x', '--model', gguf], '--worker and --model exclude each other'],
  [['--model', join(folder, 'none.gguf')], 'there is no such file'],
  [['--model', text], 'is not a GGUF file'],
  [['--model', folder], 'is not a file'],
])('%j is refused with a sentence', (given, problem) => {
  expect(parseLauncherArguments(given, {})).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(problem) });
});

test('a flag that npm kept for itself is told, not ignored', () => {
  expect(parseLauncherArguments([], { npm_config_reset: 'true' })).toMatchObject({ kind: 'wrong', problem: expect.stringContaining('npm start -- --reset') });
});
