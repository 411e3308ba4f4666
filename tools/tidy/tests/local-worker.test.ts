import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('the local worker, which stands outside the workspaces, passes its own tests', () => {
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.config.mjs', '--rootDir', 'tools/local-worker', '--silent', '--json'];
  const report = execFileSync(process.execPath, ['--experimental-vm-modules', ...jest], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  expect(JSON.parse(report)).toMatchObject({ success: true, numFailedTests: 0 });
});
