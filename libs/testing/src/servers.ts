import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startKafka, startRedis } from '@tacet/servers';
import { sharedServers } from './shared-servers.ts';

/** A server for one test file: the run's shared one, or one of its own when the file is run alone. */
export interface TestServer {
  /** `redis://…` of Redis, `host:port` of Kafka. */
  readonly address: string;
  /** Stops a server of the file's own; leaves a shared one running. */
  stop(): Promise<void>;
}

/** Redis. The server may be shared: use names of your own and never flush; a test that must starts its own. */
export async function startTestRedis(): Promise<TestServer> {
  const shared = sharedServers()?.redisUrl;
  if (shared !== undefined) return { address: shared, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'tacet-test-redis-'));
  const server = await startRedis(folder, await freePort());
  return { address: server.url, stop: () => stopAndRemove(server, folder) };
}

/** Kafka. The broker may be shared: use topics with names of your own; a test of `usage.v1` itself starts its own. */
export async function startTestKafka(): Promise<TestServer> {
  const shared = sharedServers()?.kafkaBroker;
  if (shared !== undefined) return { address: shared, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'tacet-test-kafka-'));
  const server = await startKafka({ folder, port: await freePort(), controllerPort: await freePort() });
  return { address: server.broker, stop: () => stopAndRemove(server, folder) };
}

async function stopAndRemove(server: { stop(): Promise<unknown> }, folder: string): Promise<void> {
  await server.stop();
  await rm(folder, { recursive: true });
}
