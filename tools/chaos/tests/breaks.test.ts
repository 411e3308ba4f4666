import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder } from '@tacet/constellation';
import { allBreaks } from '../src/breaks/all-breaks.ts';
import { applyBreak, copySources } from '../src/copy-sources.ts';
import { readCommandLine } from '../src/command-line.ts';

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tacet-breaks-'));
  copySources(repositoryFolder, copy);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(allBreaks.map((broken) => [broken.name, broken] as const))('%s applies to the sources of today, and is shown by a run that exists', (_name, broken) => {
  expect(broken.replacements.length).toBeGreaterThan(0);
  expect(() => applyBreak(copy, broken)).not.toThrow();
  expect(['kills', 'scenario']).toContain(readCommandLine(broken.shownBy, 0).kind);
});

test('a break whose part is not there any more says so', () => {
  const broken = { name: 'gone', sentence: 'A rule.', replacements: [{ file: 'README.md', from: 'no such sentence', to: '' }], shownBy: [] };
  expect(() => applyBreak(copy, broken)).toThrow(/gone does not apply any more: README.md has no part "no such sentence"/);
});
