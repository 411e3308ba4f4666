import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readPeppers } from './peppers.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-peppers-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the highest version is the newest, whatever the order of the names', () => {
  for (const version of [2, 10, 9])
    writeFileSync(join(folder, `pepper.${version}.key`), `${'0a'.repeat(31)}${String(version).padStart(2, '0')}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'README'), 'not a pepper');
  const peppers = readPeppers(folder);
  expect([peppers.newest.version, peppers.find(9)?.key.at(-1), peppers.find(3)]).toEqual([10, 9, undefined]);
});

test('a pepper that others may read, or that is none, is refused by name without its content', () => {
  const file = join(folder, 'pepper.11.key');
  writeFileSync(file, 'sesame', { mode: 0o600 });
  expect(() => readPeppers(folder)).toThrow(/^TACET_ACCOUNT_PEPPER_DIR: pepper\.11\.key must hold 64 hex characters$/);
  chmodSync(file, 0o644);
  expect(() => readPeppers(folder)).toThrow(/readable by others/);
  expect(() => readPeppers(join(folder, 'nowhere'))).toThrow('cannot be read');
  expect(() => readPeppers(mkdtempSync(join(folder, 'empty-')))).toThrow('there is no pepper');
});
