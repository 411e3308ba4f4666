import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CanarySet } from './canaries.ts';
import { scanFolder } from './scan-folder.ts';
import { scanSinks, type Sink } from './sink.ts';

let folder: string;
const canaries = new CanarySet();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacet-scan-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('files at any depth, their names, and what lies across the pieces of a large one are read', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(join(folder, 'a', 'b', 'small'), canaries.mint('small'));
  await writeFile(join(folder, canaries.mint('name')), '');
  const large = Buffer.alloc(16_777_216 + 1_000);
  large.write(canaries.mint('large'), 16_777_216 - 5);
  await writeFile(join(folder, 'large'), large);
  expect([...new Set((await scanFolder(folder, canaries)).map(({ label }) => label))].sort()).toEqual(['large', 'name', 'small']);
  expect(await scanFolder(folder, canaries, { accept: (path) => !path.includes('a') && path.endsWith('nothing') })).toEqual([]);
}, 60_000);

test('what was last changed before a time can be left out', async () => {
  const old = join(folder, 'old');
  await writeFile(old, canaries.mint('old'));
  await utimes(old, 1_000, 1_000);
  const labels = async (sinceMs: number) => (await scanFolder(folder, canaries, { sinceMs, accept: (path) => path.endsWith('old') })).map(({ label }) => label);
  expect([await labels(0), await labels(2_000_000)]).toEqual([['old'], []]);
});

test('a sink whose planted marker is not found makes its scan invalid', async () => {
  const sink = (name: string, isBlind: boolean): Sink => ({
    name,
    plant: (marker) => writeFile(join(folder, `planted in ${name}`), marker),
    scan: async (quarry) => (isBlind ? [] : scanFolder(folder, quarry)),
  });
  const scans = await scanSinks([sink('seeing', false), sink('blind', true)], canaries);
  expect(scans.map(({ sink: name, isValid }) => [name, isValid])).toEqual([['seeing', true], ['blind', false]]);
  expect(scans[0]!.findings.length).toBeGreaterThan(0);
  expect(scans[0]!.findings.every(({ label }) => !label.startsWith('control'))).toBe(true);
});
