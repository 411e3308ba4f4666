/**
 * Goal: with epoch secrets in Redis, replicas agree on them, each lets go by its own timer, and a Redis that is lost
 * takes ephemeral records with it and nothing else.
 * Method: two real processes with clocks that are moved one after the other, and a real Redis.
 */
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, startRedis, type RedisServer } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { Redis } from 'ioredis';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-epochs-redis-'));
let server: RedisServer;
let admin: Redis;
let service: KeyServiceUnderTest;
let replica: KeyServiceUnderTest;

beforeAll(async () => {
  server = await startRedis(join(folder, 'redis'), await freePort());
  admin = new Redis(server.url);
  await writeFile(join(folder, 'redis.url'), server.url, { mode: 0o600 });
  service = await startKeyService({ TACET_KEY_SERVICE_EPOCH_STORE: 'redis', TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: join(folder, 'redis.url') });
  replica = await service.startReplica();
}, 60_000);

afterAll(async () => {
  await replica.stop();
  await service.stop();
  admin.disconnect();
  await server.stop();
  await rm(folder, { recursive: true });
}, 60_000);

const seals = (one: KeyServiceUnderTest) => one.seals('account');

test('both replicas seal into an epoch with one secret', async () => {
  const accountId = await someAccount(service.keys('account'));
  const context = someContext();
  const expiresAtMs = Date.now() + 7_200_000;
  const [a, b] = await Promise.all([service, replica].map((one) => sealOne(seals(one), accountId, context, 'text', expiresAtMs)));
  expect(await admin.keys('*')).toEqual([`tacet:epoch:${Math.floor(expiresAtMs / 300_000)}`]);
  for (const record of [a!, b!]) for (const one of [service, replica]) expect(await openOne(seals(one), accountId, context, record)).toBe('text');
});

test('at the end of the epoch each replica refuses by its own clock, and the secret is gone for both', async () => {
  const accountId = await someAccount(service.keys('account'));
  const context = someContext();
  const expiresAtMs = Date.now() + 3_600_000;
  const record = await sealOne(seals(service), accountId, context, 'text', expiresAtMs);
  expect(await openOne(seals(replica), accountId, context, record)).toBe('text');
  await service.clock.set(3_600_000 + 301_000);
  await eventually('the first has let go', async () => (await openOne(seals(service), accountId, context, record)) === undefined);
  await eventually('the secret is destroyed', async () => (await admin.exists(`tacet:epoch:${Math.floor(expiresAtMs / 300_000)}`)) === 0);
  await eventually('the second finds none', async () => (await openOne(seals(replica), accountId, context, record)) === undefined);
  await service.clock.set(0);
  expect(await openOne(seals(service), accountId, context, record)).toBeUndefined();
});

test('without Redis ephemeral records are unavailable and durable ones go on; a Redis that lost all makes them unreadable', async () => {
  const accountId = await someAccount(service.keys('account'));
  const context = someContext();
  const durable = await sealOne(seals(service), accountId, context, 'stays');
  const record = await sealOne(seals(service), accountId, context, 'text', Date.now() + 7_200_000);
  await server.stop();
  const code = () => openOne(seals(service), accountId, context, record).then((text) => text, (error: { code?: string }) => error.code);
  await eventually('the store is away', async () => (await code()) === 'unavailable');
  expect(await openOne(seals(service), accountId, context, durable)).toBe('stays');
  server = await startRedis(join(folder, 'redis'), server.port);
  await eventually('it is back, with nothing', async () => (await code()) === undefined);
  expect(await openOne(seals(service), accountId, context, durable)).toBe('stays');
}, 60_000);
