import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryFolder, sourceArguments } from '../src/index.ts';

const execute = promisify(execFile);
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

async function run(...projects: string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const { code, stdout } = await execute(process.execPath, sourceArguments('tools/constellation/src/run-tests.ts', projects), { cwd: repositoryFolder, env: environment, maxBuffer: 2 ** 26 }).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, lines: stdout.trimEnd().split('\n') };
}

test('a run of one project ends with its totals, and everything it started has ended', async () => {
  const { code, lines } = await run('errors');
  expect(lines.at(-1)).toMatch(/^\d+ passed, 0 failed$/);
  expect(lines.some((line) => /✓ @tacet\/errors +\d+ passed +\d+\.\d s/.test(line))).toBe(true);
  expect(code).toBe(0);
}, 120_000);

test('an unknown project is refused', async () => {
  const { code, lines } = await run('no-such-project');
  expect(code).toBe(2);
  expect(lines.at(-1)).toContain('no such project: no-such-project');
});
