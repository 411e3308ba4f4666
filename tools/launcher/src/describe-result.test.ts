import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { curl, describeStarted, toJsonLine, type Started } from './describe-result.ts';

const started: Started = {
  edgeUrl: 'http://127.0.0.1:8080',
  accountUrl: 'http://127.0.0.1:8081',
  account: { email: 'demo@tacet.example', password: 'secret-password', apiKey: 'tct_live_x' },
  dataFolder: '/data/.tacet',
  pids: { edge: 1 },
  worker: { kind: 'demo', pools: [], models: [], model: "it's-a-model", told: '' },
};
const plain = { write: () => undefined, interactive: false, colours: false };

test('the line of --json is one line with everything a program needs', () => {
  const line = toJsonLine(started);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual({
    edge: 'http://127.0.0.1:8080', account: 'http://127.0.0.1:8081', apiKey: 'tct_live_x', email: 'demo@tacet.example', password: 'secret-password',
    dataDir: '/data/.tacet', pids: { edge: 1 }, worker: { kind: 'demo', model: "it's-a-model" },
  });
});

test('the printed curl survives the shell, quotes included', () => {
  const command = curl('http://127.0.0.1:1', 'tct_live_x', "it's-a-model").join('\n').replace(/^curl/, `printf '%s\\n'`);
  const given = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(given).toContain('Authorization: Bearer tct_live_x');
  expect(JSON.parse(given.at(-1)!)).toMatchObject({ model: "it's-a-model", stream: true });
});

test('a simulator is called one, a real worker is not', () => {
  expect(describeStarted(started, plain)).toContain('simulator');
  expect(describeStarted({ ...started, worker: { ...started.worker, kind: 'ollama' } }, plain)).not.toContain('simulator');
});

test('without colours there is no escape sequence; with them there is', () => {
  expect(describeStarted(started, plain)).not.toContain('\u001b');
  expect(describeStarted(started, { ...plain, colours: true })).toContain('\u001b[1m');
});
