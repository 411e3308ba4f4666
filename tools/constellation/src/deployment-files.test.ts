import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identities } from '@tacet/rpc';
import { applicationEnvironment, type Deployment } from './application-environment.ts';
import { applications } from './applications.ts';
import { deploymentPaths } from './deployment-paths.ts';
import { ensureCertificates } from './ensure-certificates.ts';
import { ensureSecrets, readDatabasePasswords } from './ensure-secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-files-'));
const paths = deploymentPaths(join(folder, 'deployment'));

afterAll(() => rmSync(folder, { recursive: true }));

test('secrets are made once, for their owner alone', async () => {
  await ensureSecrets(paths);
  const files = [paths.keyCheck, paths.receiptKey, paths.databasePasswords, join(paths.peppers, 'pepper.1.key')];
  const before = files.map((file) => readFileSync(file, 'utf8'));
  for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
  await ensureSecrets(paths);
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  const { roles, superuser } = await readDatabasePasswords(paths);
  expect(new Set([superuser, ...Object.values(roles)]).size).toBe(7);
});

test('certificates are issued once, and again when they near their end or their key is another', async () => {
  expect(await ensureCertificates(paths, Date.now())).toBe(identities.length);
  expect(await ensureCertificates(paths, Date.now())).toBe(0);
  expect(await ensureCertificates(paths, Date.now() + 61 * 86_400_000)).toBe(identities.length);
  writeFileSync(join(paths.certificates('edge'), 'tls.key'), readFileSync(join(paths.certificates('account'), 'tls.key')));
  expect(await ensureCertificates(paths, Date.now())).toBe(1);
});

test('a spool whose path is too long for a socket is named from the working folder', () => {
  const long = deploymentPaths(`/tmp/${'x'.repeat(90)}`);
  const addresses = { ledger: 'a:1', keys: 'a:2', directory: 'a:3', edgeInternalUrl: 'https://a:4', accountPublicUrl: 'http://a:5' };
  const environment = applicationEnvironment({ application: 'edge', name: 'edge', ports: { public: 1, internal: 2, metrics: 3 } }, { mode: 'embedded', paths: long, addresses });
  expect(environment['TACET_EDGE_SPOOL_DIR']).toBe('spool/edge');
});

test('no process is given what it must never hold', () => {
  const addresses = { ledger: '127.0.0.1:1', keys: '127.0.0.1:2', directory: '127.0.0.1:3', edgeInternalUrl: 'https://127.0.0.1:4', accountPublicUrl: 'http://127.0.0.1:5', kafkaBrokers: '127.0.0.1:6' };
  const ports = { public: 10, internal: 11, rpc: 12, metrics: 13 };
  for (const mode of ['embedded', 'cluster'] as const) {
    const deployment: Deployment = { mode, paths, addresses };
    for (const application of applications) {
      const text = JSON.stringify(applicationEnvironment({ application, name: application, ports }, deployment));
      expect(text).toContain(JSON.stringify(paths.certificates(application)));
      // The security table of the design: who may hold a database, and which; who may hold master keys.
      expect(text.includes('POSTGRES')).toBe(['account', 'billing', 'pruner'].includes(application));
      expect(text.includes('KEYSTORE_URL')).toBe(application === 'key-service');
      expect(text.includes(paths.masterKeys)).toBe(application === 'key-service');
      expect(text.includes(paths.peppers)).toBe(application === 'account');
      expect(text.includes('KAFKA')).toBe(mode === 'cluster' && ['edge', 'billing'].includes(application));
      expect(text.includes('REDIS')).toBe(mode === 'cluster' && application === 'edge');
    }
  }
});
