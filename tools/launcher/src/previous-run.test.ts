import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './process-identity.ts';
import { rememberProcesses, waitForPreviousRun } from './previous-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-previous-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('a start waits until what an interrupted one left has ended', async () => {
  const left = spawn('sleep', ['0.3']);
  rememberProcesses(folder, { edge: left.pid ?? 0 });
  let told = 0;
  await waitForPreviousRun(folder, () => told++);
  expect([told, identifyProcess(left.pid ?? 0)]).toEqual([1, undefined]);
  await waitForPreviousRun(folder, () => told++);
  expect(told).toBe(1);
});

test('a number that belongs to another process meanwhile is not waited for', async () => {
  rememberProcesses(folder, { edge: process.pid });
  const file = join(folder, 'running.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"started":"[^"]+"/, '"started":"earlier"'));
  await waitForPreviousRun(folder, () => { throw new Error('waited'); });
});
