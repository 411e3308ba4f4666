import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres, startRedis } from '@tacet/servers';
import type { SharedServers } from '@tacet/testing';
import { createPortSource } from '../free-ports.ts';
import { settleAll } from '../servers.ts';

/** Enough for every test file of two projects at once, each with pools of its own. */
const connectionsMax = '400';

/** The servers that all tests of a run share. */
export interface RunningSharedServers {
  readonly addresses: SharedServers;
  stop(): Promise<void>;
}

/** Starts both Postgres instances, Redis and Kafka. Throws, with what to type, where one cannot be had; nothing is left running then. */
export async function startSharedServers(tell: (line: string) => void): Promise<RunningSharedServers> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-run-'));
  const cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const nextPort = createPortSource();
  const kept = async <S extends { stop(): Promise<unknown> }>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    cleanup.defer(async () => void (await server.stop()));
    return server;
  };
  const postgres = async (name: string) => {
    const settings = { max_connections: connectionsMax };
    return kept(startPostgres({ name, dataFolder: join(folder, name), port: await nextPort(), superuserPassword: 'for-tests-only', logFile: join(folder, `${name}.log`), durable: false, settings }));
  };
  const redis = async () => kept(startRedis(join(folder, 'redis'), await nextPort(), tell));
  const kafka = async () => kept(startKafka({ folder: join(folder, 'kafka'), port: await nextPort(), controllerPort: await nextPort(), tell }));
  try {
    const [main, keystore] = await settleAll([postgres('main'), postgres('keystore')]);
    // One after the other: both may have to install a package.
    const { url: redisUrl } = await redis();
    const { broker: kafkaBroker } = await kafka();
    return { addresses: { postgresMainUrl: main.adminUrl(), postgresKeystoreUrl: keystore.adminUrl(), redisUrl, kafkaBroker }, stop: () => cleanup.disposeAsync() };
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}
