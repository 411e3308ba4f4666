import { afterAll, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPostgres } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-servers-'));
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const path = process.env['PATH'];

afterAll(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

async function start(name: string) {
  return startPostgres({ name, dataFolder: join(folder, 'closed', name), port: await freePort(), superuserPassword: 'for-tests-only', logFile: join(folder, `${name}.log`), durable: false });
}

asRoot('root runs PostgreSQL in a folder that is closed to others, and where namespaces are refused as nobody', async () => {
  mkdirSync(join(folder, 'closed'), { mode: 0o700 });
  const first = await start('namespace');
  await first.stop();
  expect(statSync(first.dataFolder).uid).toBe(0);

  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'unshare'), '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n');
  chmodSync(join(folder, 'bin', 'unshare'), 0o755);
  process.env['PATH'] = `${join(folder, 'bin')}:${path}`;
  const second = await start('user');
  expect(statSync(second.dataFolder).uid).toBe(65_534);
  const status = readFileSync(`/proc/${second.pid}/status`, 'utf8');
  // CAP_DAC_OVERRIDE is capability 1: no other is left.
  expect(/CapEff:\s*(\w+)/.exec(status)?.[1]).toBe('0000000000000002');
  await second.stop();

  // A folder goes on under the user who owns it, whatever this system allows meanwhile.
  process.env['PATH'] = path;
  const again = await start('user');
  await again.stop();
  await expect((async () => { process.env['PATH'] = `${join(folder, 'bin')}:${path}`; return start('namespace'); })()).rejects.toThrow('start again as an ordinary user');
}, 60_000);
