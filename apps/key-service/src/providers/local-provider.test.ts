import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createNonceSource } from '@tacet/sealed-record';
import { describeKeyProvider } from '../../tests/key-provider-contract.ts';
import { openLocalProvider } from './local-provider.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-keks-'));
  folders.push(folder);
  return folder;
}

describeKeyProvider('local', async () => {
  const folder = newFolder();
  const aside = newFolder();
  return {
    provider: await openLocalProvider('TACET_X', folder, createNonceSource()),
    bindsContext: true,
    id: (key) => key,
    disable: (kekId, version) => rename(join(folder, `${kekId}.${version}.key`), join(aside, `${kekId}.${version}.key`)),
    enable: (kekId, version) => rename(join(aside, `${kekId}.${version}.key`), join(folder, `${kekId}.${version}.key`)),
    stop: async () => undefined,
  };
});

test('keys are files of 32 bytes, 0600, and other files in the folder are none', async () => {
  const folder = newFolder();
  const provider = await openLocalProvider('TACET_X', folder, createNonceSource());
  await provider.rotate('main', 0);
  expect(readdirSync(folder)).toEqual(['main.1.key']);
  const { mode, size } = statSync(join(folder, 'main.1.key'));
  expect([mode & 0o777, size]).toEqual([0o600, 32]);
  for (const name of ['README', 'main.key', 'main.0.key', 'main.01.key', 'Main.2.key', 'main.2.key.bak', '.main.2.key']) await writeFile(join(folder, name), 'x');
  expect(await provider.describe()).toEqual([{ kekId: 'main', version: 1 }]);
});

test('a key that another process adds is used without a restart; one that turns out to be open to others is not', async () => {
  const folder = newFolder();
  const provider = await openLocalProvider('TACET_X', folder, createNonceSource());
  await writeFile(join(folder, 'main.7.key'), randomBytes(32), { mode: 0o600 });
  await provider.health({ kekId: 'main', version: 7 });
  await chmod(join(folder, 'main.7.key'), 0o604);
  await expect(provider.health({ kekId: 'main', version: 7 })).rejects.toMatchObject({ code: 'kek_disabled' });
  await expect(openLocalProvider('TACET_X', folder, createNonceSource())).rejects.toThrow('TACET_X: main.7.key is readable by others');
  await chmod(join(folder, 'main.7.key'), 0o600);
  await writeFile(join(folder, 'main.7.key'), randomBytes(33));
  await expect(provider.health({ kekId: 'main', version: 7 })).rejects.toMatchObject({ code: 'kek_disabled' });
  await expect(openLocalProvider('TACET_X', folder, createNonceSource())).rejects.toThrow('TACET_X: main.7.key must have exactly 32 bytes');
});
