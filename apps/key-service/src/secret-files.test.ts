import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, link, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createSecretFile, destroySecretFile, openPrivateFolder } from './secret-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-secret-files-'));
afterAll(() => rm(folder, { recursive: true }));

test('of many writers of one name exactly one wins, and its content is whole', async () => {
  const contents = Array.from({ length: 30 }, (_, i) => Buffer.alloc(32, i));
  const won = await Promise.all(contents.map((content) => createSecretFile(folder, 'a.key', content)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(readFileSync(join(folder, 'a.key')).equals(contents[won.indexOf(true)]!)).toBe(true);
  expect(statSync(join(folder, 'a.key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a.key']);
});

test('a destroyed file is overwritten before it goes, and can be destroyed again', async () => {
  await createSecretFile(folder, 'b.key', Buffer.alloc(32, 7));
  // A second name of the same file shows what became of its bytes.
  await link(join(folder, 'b.key'), join(folder, 'witness'));
  expect(await destroySecretFile(folder, 'b.key')).toBe(true);
  expect(readFileSync(join(folder, 'witness')).equals(Buffer.alloc(32))).toBe(true);
  expect(await destroySecretFile(folder, 'b.key')).toBe(false);
});

test('a folder is made for its owner alone; one that others may enter, or that is a file, is refused by name', async () => {
  const inner = join(folder, 'x', 'y');
  await openPrivateFolder('TACET_X', inner);
  expect(statSync(inner).mode & 0o777).toBe(0o700);
  await openPrivateFolder('TACET_X', inner);
  await chmod(inner, 0o755);
  await expect(openPrivateFolder('TACET_X', inner)).rejects.toThrow('TACET_X: the folder is open to others');
  await mkdir(join(folder, 'z'));
  await (await open(join(folder, 'z', 'file'), 'w')).close();
  await expect(openPrivateFolder('TACET_X', join(folder, 'z', 'file'))).rejects.toThrow('TACET_X: the folder cannot be used');
});
