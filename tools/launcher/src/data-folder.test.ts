import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataFolder, emptyDataFolder } from './data-folder.ts';
import { identifyProcess } from './process-identity.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-data-'));

afterAll(() => rmSync(root, { recursive: true }));

test('a new folder is made for its owner alone, marked, and known again', async () => {
  const folder = join(root, 'a', 'b');
  const first = await claimDataFolder(folder);
  expect(first.isNew).toBe(true);
  expect(statSync(folder).mode & 0o077).toBe(0);
  await first.release();
  const second = await claimDataFolder(folder);
  expect(second.isNew).toBe(false);
  await second.release();
});

test('a folder that holds something else is refused and left alone', async () => {
  const folder = join(root, 'foreign');
  mkdirSync(folder);
  writeFileSync(join(folder, 'thesis.txt'), 'x');
  await expect(claimDataFolder(folder)).rejects.toThrow('is not empty and was not made by npm start');
  expect(readdirSync(folder)).toEqual(['thesis.txt']);
});

test('a second launcher is refused while the first one runs, and let in after it was killed', async () => {
  const folder = join(root, 'locked');
  const claimed = await claimDataFolder(folder);
  await expect(claimDataFolder(folder)).rejects.toThrow(`another npm start (process ${process.pid}) uses`);
  await claimed.release();
  const other = spawn('sleep', ['60']);
  writeFileSync(join(folder, 'launcher.lock'), JSON.stringify(identifyProcess(other.pid ?? 0)));
  await expect(claimDataFolder(folder)).rejects.toThrow(`process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await (await claimDataFolder(folder)).release();
});

test('of many that find an abandoned lock, one gets it', async () => {
  const folder = join(root, 'raced');
  for (let round = 0; round < 50; round++) {
    await (await claimDataFolder(folder)).release();
    writeFileSync(join(folder, 'launcher.lock'), JSON.stringify({ pid: 1, started: 'never' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataFolder(folder)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]!.value.release();
  }
});

test('emptying keeps the marker and the lock, and says what is gone', async () => {
  const folder = join(root, 'emptied');
  const claimed = await claimDataFolder(folder);
  mkdirSync(join(folder, 'postgres-main'));
  writeFileSync(join(folder, 'postgres-main', 'PG_VERSION'), '18');
  writeFileSync(join(folder, 'owner.json'), '{}');
  expect(await emptyDataFolder(claimed)).toEqual(['owner.json', 'postgres-main']);
  expect(readdirSync(folder).sort()).toEqual(['launcher.lock', 'tacet-data.json']);
  await claimed.release();
  expect(existsSync(join(folder, 'tacet-data.json'))).toBe(true);
});
