import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

let service: KeyServiceUnderTest;
beforeAll(async () => {
  service = await startKeyService();
}, 60_000);
afterAll(() => service.stop());

async function metrics(): Promise<string> {
  const response = await fetch(`${service.process.metricsUrl}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

async function exitCodeWith(variables: Record<string, string>): Promise<number> {
  await service.process.restart(variables);
  const { code } = await service.process.ended;
  return code;
}

test('series do not grow with accounts, and none carries an id', async () => {
  const useOnce = async () => {
    const accountId = await someAccount(service.keys('account'));
    const context = someContext();
    expect(await openOne(service.seals('account'), accountId, context, await sealOne(service.seals('account'), accountId, context, 'x', Date.now() + 60_000))).toBe('x');
    return accountId;
  };
  await useOnce();
  const seriesBefore = (await metrics()).split('\n').filter((line) => line.startsWith('tacet_')).length;
  const accounts = await Promise.all(Array.from({ length: 50 }, useOnce));
  const text = await metrics();
  expect(text.split('\n').filter((line) => line.startsWith('tacet_'))).toHaveLength(seriesBefore);
  for (const accountId of accounts) expect(text).not.toContain(accountId.toString('hex'));
  expect(text).toContain('tacet_key_service_records_total{outcome="sealed"} 51');
  expect(text).toContain('tacet_key_service_kek_usable 1');
  expect(text).toMatch(/tacet_key_service_call_seconds_count\{rpc="Seal",code="ok"\} 51/);
});

test('metrics and readiness answer while the keystore does not', async () => {
  const url = join(service.folder, 'keystore.url');
  await service.process.stop();
  await writeFile(url, 'postgres://tacet_key_service:wrong@127.0.0.1:9/none', { mode: 0o600 });
  expect(await exitCodeWith({})).toBe(1);
  await writeFile(url, service.database.urlOf('tacet_key_service'), { mode: 0o600 });
  await service.restart();
  expect((await fetch(`${service.process.metricsUrl}/ready`)).status).toBe(200);
});

test('while the keystore takes no connection, what needs it is unavailable, to be tried again, and what is cached goes on', async () => {
  await service.restart({ TACET_KEY_SERVICE_DEK_CACHE_MS: '300000' });
  const context = someContext();
  const [accountId, other] = [await someAccount(service.keys('account')), await someAccount(service.keys('account'))];
  const seals = service.seals('account');
  const record = await sealOne(seals, accountId, context, 'text');
  const admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
  const limit = async (connections: number) => admin.query(`ALTER DATABASE "${new URL(service.database.adminUrl).pathname.slice(1)}" CONNECTION LIMIT ${connections}`);
  try {
    await limit(0);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tacet_key_service'");
    await expect(sealOne(seals, other, context, 'x')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(service.keys('account').CreateDek({ accountId: randomBytes(16) })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await openOne(seals, accountId, context, record)).toBe('text');
    expect((await fetch(`${service.process.metricsUrl}/ready`)).status).toBe(200);
  } finally {
    await limit(-1);
    await admin.end();
  }
  expect(await openOne(seals, other, context, await sealOne(seals, other, context, 'x'))).toBe('x');
});

test('a renewed certificate is taken without a restart, calls go on, and the metric tells when it ends', async () => {
  const endsInDays = async () => (Number(/^tacet_certificate_expires_timestamp_seconds (\d+)/m.exec(await metrics())?.[1]) * 1_000 - Date.now()) / 86_400_000;
  const { pid } = service.process;
  expect(await endsInDays()).toBeGreaterThan(85);
  const accountId = await someAccount(service.keys('account'));
  await service.renewCertificate(30);
  await eventually('the new certificate is in use', async () => {
    await sealOne(service.seals('account'), accountId, someContext(), 'meanwhile');
    return (await endsInDays()) < 31;
  }, 60_000);
  await service.keys('operator').DescribeKeys({});
  expect(service.process.pid).toBe(pid);
}, 90_000);

test('SIGTERM stops orderly, and calls that run are answered', async () => {
  const accountId = await someAccount(service.keys('account'));
  const batch = Array.from({ length: 1_000 }, () => ({ context: someContext(), plaintext: Buffer.alloc(2_000) }));
  const running = service.seals('account').Seal({ accountId, records: batch });
  await service.seals('account').Seal({ accountId, records: [] });
  service.process.signal('SIGTERM');
  expect((await running).records).toHaveLength(1_000);
  expect(await service.process.ended).toEqual({ code: 0, signal: undefined });
});

test('a cache of more than five minutes, and keys that are open to others, do not start', async () => {
  expect(await exitCodeWith({ TACET_KEY_SERVICE_DEK_CACHE_MS: '300001' })).toBe(78);
  expect(await service.log()).toContain('TACET_KEY_SERVICE_DEK_CACHE_MS: must be at most 300000');
  expect(await exitCodeWith({ TACET_KEY_SERVICE_DEK_CACHE_MS: '1000', TACET_KEY_SERVICE_KEK_DIR: '/tmp' })).toBe(1);
  expect(await exitCodeWith({ TACET_KEY_SERVICE_KEK_DIR: service.kekFolder, TACET_KEY_SERVICE_EPOCH_DIR: '/tmp' })).toBe(1);
});
