import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, startRedis, type RedisServer } from '@tacet/servers';
import { Redis } from 'ioredis';
import { describeEpochStore } from '../../tests/epoch-store-contract.ts';
import { openEpochFiles } from './epoch-files.ts';
import { openEpochRedis } from './epoch-redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-epoch-store-'));
let server: RedisServer;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis(join(folder, 'redis'), await freePort());
  admin = new Redis(server.url);
}, 60_000);

afterAll(async () => {
  admin.disconnect();
  await server.stop();
  await rm(folder, { recursive: true });
});

describeEpochStore('file', async () => {
  const epochs = join(folder, 'epochs');
  return { one: await openEpochFiles('TACET_X', epochs), other: await openEpochFiles('TACET_X', epochs), stop: async () => undefined };
});

describeEpochStore('redis', async () => {
  const [one, other] = [await openEpochRedis('TACET_X', server.url), await openEpochRedis('TACET_X', server.url)];
  return {
    one,
    other,
    stop: async () => {
      await one.close();
      await other.close();
    },
  };
});

test('a secret that is gone does not come back by being replaced, and Redis lets go of one at the end of its epoch by itself', async () => {
  const store = await openEpochRedis('TACET_X', server.url);
  const epoch = Math.floor(Date.now() / 300_000) + 20;
  await store.create(epoch, Buffer.from('wrapped'));
  expect(await admin.pexpiretime(`tacet:epoch:${epoch}`)).toBe((epoch + 1) * 300_000);
  await store.destroy(epoch);
  await store.replace(epoch, Buffer.from('wrapped'));
  expect(await store.read(epoch)).toBeUndefined();
  await store.close();
});

test.each([
  ['save', '3600 1', ''],
  ['appendonly', 'yes', 'no'],
  ['maxmemory-policy', 'allkeys-lru', 'noeviction'],
])('a Redis with %s %s is refused at start, and after a reconnection', async (name, wrong, right) => {
  const before = await openEpochRedis('TACET_X', server.url);
  await admin.call('CONFIG', 'SET', name, wrong);
  await expect(openEpochRedis('TACET_X', server.url)).rejects.toThrow(`TACET_X: Redis must run with ${name}`);
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  // The first command after the cut may meet the closing connection.
  await before.list().catch(() => undefined);
  await expect(before.list()).rejects.toThrow(`Redis must run with ${name}`);
  await admin.call('CONFIG', 'SET', name, right);
  expect(await before.list()).toBeDefined();
  await before.close();
});

test('nobody at the address is refused at start, by name', async () => {
  await expect(openEpochRedis('TACET_X', `redis://127.0.0.1:${await freePort()}`)).rejects.toThrow('TACET_X: the store cannot be reached');
});
