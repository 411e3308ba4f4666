import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKeptProcess, waitForLine } from '../src/index.ts';

const environment = { PATH: process.env['PATH'] };

function isAlive(pid: number): boolean {
  try {
    // What is left of a process that nobody has asked after is no process.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (const end = performance.now() + 15_000; isAlive(pid); await sleep(20)) if (performance.now() > end) throw new Error(`${pid} still runs`);
}

test('a server is known by its own pid and tells how it ended', async () => {
  const server = await startKeptProcess({ name: 'x', command: '/bin/sh', arguments: ['-c', 'exec sleep 60'], environment, stopMs: 1_000 });
  expect(isAlive(server.pid)).toBe(true);
  server.signal('SIGKILL');
  expect(await server.ended).toEqual({ code: 137, signal: 9 });
  expect(server.running).toBe(false);
});

test('a stop asks, and kills what does not listen', async () => {
  const deaf = await startKeptProcess({ name: 'x', command: '/bin/sh', arguments: ['-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'], environment, stopMs: 200 });
  await waitForLine(deaf, /deaf/, 5_000);
  expect(await deaf.stop()).toMatchObject({ signal: 9 });
});

test.each(['SIGKILL', 'SIGTERM'] as const)('a server does not outlive a program that ended by %s, not even when it is stopped', async (signal) => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const program = `
    import { startKeptProcess } from ${JSON.stringify(index)};
    const server = await startKeptProcess({ name: 'x', command: 'sleep', arguments: ['60'], environment: { PATH: process.env.PATH }, stopMs: 1000 });
    server.signal('SIGSTOP');
    process.stdout.write(String(server.pid) + '\\n');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  child.kill(signal);
  await untilGone(pid);
}, 30_000);
