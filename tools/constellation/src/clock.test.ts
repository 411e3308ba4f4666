import { afterAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createMovableClock } from './clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-clock-'));
const dayMs = 86_400_000;
let child: ChildProcess | undefined;

afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('Date of a process under a movable clock follows it while it runs, in all of its forms', async () => {
  const clock = await createMovableClock(folder, 'pruner', dayMs);
  const program = `
    const tell = () => console.log(JSON.stringify([Date.now(), new Date().getTime(), Date.parse(Date()), new Date(5).getTime(), new Date() instanceof Date, Date.UTC(2026, 0, 1)]));
    setInterval(tell, 20);`;
  child = spawn(process.execPath, [...clock.flags, '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value as string) as [number, number, number, number, boolean, number];
  const [now, made, spoken, explicit, isDate, utc] = await read();
  for (const time of [now, made, spoken]) expect(Math.abs(time - Date.now() - dayMs)).toBeLessThan(60_000);
  expect([explicit, isDate, utc]).toEqual([5, true, Date.UTC(2026, 0, 1)]);
  await clock.set(-dayMs);
  for (let tries = 0; ; tries++) {
    const [later] = await read();
    if (Math.abs(later - Date.now() + dayMs) < 60_000) break;
    expect(tries).toBeLessThan(200);
  }
});
