/**
 * Goal: the books are true whatever is killed, and the harness would notice if they were not.
 * Method: the command itself: one run of random faults, which must end green, and one for each rule taken away, which must end red.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { repositoryFolder, sourceArguments } from '@tacet/constellation';
import { allBreaks } from '../src/breaks/all-breaks.ts';

const runMsMax = 720_000;
const breakMsMax = 300_000;

async function chaos(...given: string[]): Promise<{ readonly code: number | null; readonly lastLine: string; readonly told: string }> {
  const child = spawn(process.execPath, sourceArguments('tools/chaos/src/main.ts', given), { cwd: repositoryFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lastLine: written.trimEnd().split('\n').at(-1) ?? '', told };
}

test('100 kills and all other faults leave books in which nothing is lost, doubled or overspent', async () => {
  const { code, lastLine, told } = await chaos('--kills', '100', '--seed', '20261');
  // What was told explains a failure.
  expect(code === 0 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ lost=0 doubled=0 overspent=0 .* every invariant holds$/);
}, runMsMax);

test.each(allBreaks.map(({ name, sentence }) => [name, sentence]))('without %s a run ends red', async (name) => {
  const { code, lastLine, told } = await chaos('--break', name);
  expect(code === 1 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ WRONG$/);
}, breakMsMax);
