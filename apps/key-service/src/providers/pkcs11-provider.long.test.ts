/**
 * Goal: a token that speaks PKCS#11 holds to what every provider must.
 * Method: SoftHSM2 of the system, and pkcs11js compiled where it is not yet (its install script is off, as all are).
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureCommand } from '@tacet/servers';
import type * as pkcs11js from 'pkcs11js';
import { describeKeyProvider } from '../../tests/key-provider-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-softhsm-'));
const [tokenLabel, pin] = ['tacet', '12345678'];
const libraries = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so'];
let library: string;

/** The headers lie beside the runtime that npm brings; nothing is fetched. */
function compilePackage(): void {
  const packageFolder = dirname(createRequire(import.meta.url).resolve('pkcs11js/package.json'));
  if (existsSync(join(packageFolder, 'build/Release/pkcs11.node'))) return;
  const nodeFolder = dirname(dirname(process.execPath));
  execFileSync('npm', ['rebuild', 'pkcs11js', '--ignore-scripts=false', `--nodedir=${nodeFolder}`], { cwd: dirname(dirname(packageFolder)), stdio: 'pipe' });
}

/** Sets a variable where a library in C sees it: what a test has as `process.env` is a copy. */
async function setForLibraries(name: string, value: string): Promise<void> {
  const worker = new Worker(`process.env[${JSON.stringify(name)}] = ${JSON.stringify(value)}`, { eval: true, env: SHARE_ENV });
  await once(worker, 'exit');
}

beforeAll(async () => {
  await ensureCommand('softhsm2-util', 'softhsm2', () => undefined);
  compilePackage();
  await mkdir(join(folder, 'tokens'));
  await writeFile(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const configuration = join(folder, 'softhsm2.conf');
  await setForLibraries('SOFTHSM2_CONF', configuration);
  const env = { PATH: process.env['PATH'], SOFTHSM2_CONF: configuration };
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', tokenLabel, '--pin', pin, '--so-pin', pin], { stdio: 'pipe', env });
  library = libraries.find((path) => existsSync(path)) ?? '';
}, 180_000);

afterAll(() => rm(folder, { recursive: true }));

describeKeyProvider('pkcs11', async () => {
  const { default: p11 } = (await import('pkcs11js')) as unknown as { default: typeof pkcs11js };
  const { openPkcs11Provider } = await import('./pkcs11-provider.ts');
  const provider = openPkcs11Provider({ name: 'hsm', module: library, tokenLabel, pin });
  // The operator's own view of the same token, in the same process: the library is initialized already.
  const module = new p11.PKCS11();
  module.load(library);
  const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === tokenLabel)!;
  const session = module.C_OpenSession(slot, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION);
  /** What an operator does who takes a key out of use without destroying it. */
  const relabel = (from: string, to: string) => {
    module.C_FindObjectsInit(session, [{ type: p11.CKA_LABEL, value: from }]);
    const [object] = module.C_FindObjects(session, 1);
    module.C_FindObjectsFinal(session);
    module.C_SetAttributeValue(session, object!, [{ type: p11.CKA_LABEL, value: to }]);
  };
  const labelOf = (kekId: string, version: number) => `tacet.${kekId.slice('hsm/'.length)}.${version}`;
  return {
    provider,
    bindsContext: false,
    id: (key) => `hsm/${key}`,
    disable: async (kekId, version) => relabel(labelOf(kekId, version), `aside.${labelOf(kekId, version)}`),
    enable: async (kekId, version) => relabel(`aside.${labelOf(kekId, version)}`, labelOf(kekId, version)),
    stop: async () => provider.close(),
  };
});

test('a token is found by its label and opened again with what it holds; a wrong label or PIN is refused by name', async () => {
  const { openPkcs11Provider } = await import('./pkcs11-provider.ts');
  const options = { name: 'hsm', module: library, tokenLabel, pin };
  expect(() => openPkcs11Provider({ ...options, tokenLabel: 'other' })).toThrow('the token of the provider hsm cannot be used');
  expect(() => openPkcs11Provider({ ...options, pin: '00000000' })).toThrow('the token of the provider hsm cannot be used');
  expect(() => openPkcs11Provider({ ...options, module: join(folder, 'none.so') })).toThrow('the token of the provider hsm cannot be used');
  const [first, second] = [openPkcs11Provider(options), openPkcs11Provider(options)];
  const version = await first.rotate('hsm/again', 0);
  expect(await second.describe('hsm/again')).toEqual([{ kekId: 'hsm/again', version }]);
  first.close();
  await second.health({ kekId: 'hsm/again', version });
  second.close();
  const third = openPkcs11Provider(options);
  await third.health({ kekId: 'hsm/again', version });
  third.close();
});
