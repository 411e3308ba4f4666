import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openRepository } from '../src/repository.ts';
import { runCommand } from '../src/run-command.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-tidy-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A checkout with nothing in it but what the checks cannot do without. */
function checkOut(): void {
  execFileSync('git', ['init', '--quiet', root]);
  mkdirSync(join(root, 'docs'));
  mkdirSync(join(root, 'tools', 'setup'), { recursive: true });
  writeFileSync(join(root, '.gitignore'), 'dist/\n');
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'tsconfig.json'), '{}');
  writeFileSync(join(root, '.oxlintrc.json'), '{}');
  writeFileSync(join(root, 'tools', 'setup', 'generate-protos.mjs'), '');
}

test('the command writes the page of errors, and tells of what is wrong', () => {
  checkOut();
  const lines: string[] = [];
  const run = (...argv: string[]) => runCommand(root, argv, (text) => lines.push(text));
  run('--write');
  expect(readFileSync(join(root, 'docs', 'errors.md'), 'utf8')).toContain('`insufficient_balance`');
  writeFileSync(join(root, 'docs', 'bad.md'), 'TODO');
  lines.length = 0;
  expect(run()).toBe(1);
  expect(lines.join('')).toContain('docs/bad.md:1: "TODO" is something left for later');
  expect(run('--help')).toBe(0);
  expect(run('--fix')).toBe(2);
});

test('what git ignores, and what was deleted, is not part of the repository', () => {
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist', 'a.js'), 'x');
  writeFileSync(join(root, 'gone.md'), 'x');
  execFileSync('git', ['add', 'gone.md', 'package.json'], { cwd: root });
  rmSync(join(root, 'gone.md'));
  const { files } = openRepository(root);
  expect(files).toEqual(expect.arrayContaining(['package.json', 'tsconfig.json']));
  expect(files.some((file) => file === 'gone.md' || file.startsWith('dist/'))).toBe(false);
  // A copy without git's folder is the same repository.
  rmSync(join(root, '.git'), { recursive: true });
  expect(openRepository(root).files).toEqual(files);
});
