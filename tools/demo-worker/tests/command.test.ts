import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const flags = ['--conditions=source', '--disable-sigusr1', main];

test('the command prints one JSON line, serves, and stops at SIGTERM', async () => {
  const child = spawn(process.execPath, [...flags, '--models', 'a,b', '--engine', 'llamacpp', '--record'], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const told = JSON.parse(line) as { url: string; port: number };
  expect(told).toMatchObject({ event: 'listening', models: ['a', 'b'], engine: 'llamacpp' });
  expect(await (await fetch(`${told.url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'a', owned_by: 'llamacpp' }, { id: 'b' }] });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('flags that make no sense end the command with an explanation', async () => {
  await expect(promisify(execFile)(process.execPath, [...flags, '--port', 'many'])).rejects.toThrow(/--port.*whole number/);
});
