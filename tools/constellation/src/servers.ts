import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { loginRoles, type Instance, type LoginRole } from '@tacet/database';
import { startKafka, startPostgres, startRedis, type KafkaServer, type PostgresServer, type RedisServer } from '@tacet/servers';
import { sharedServers } from '@tacet/testing';
import type { DeploymentMode } from './application-environment.ts';
import { adminUrlOf, type InstanceAccess } from './prepare-databases.ts';

/** A database of the constellation; `server` only where the instance is the constellation's own. */
export interface ConstellationDatabase extends InstanceAccess {
  /** The superuser's connection string for this very database. */
  readonly databaseAdminUrl: string;
  readonly server: PostgresServer | undefined;
}

export interface ConstellationServers {
  readonly databases: Readonly<Record<Instance, ConstellationDatabase>>;
  /** Cluster mode alone. `server` only where it is the constellation's own. */
  readonly redis: { readonly url: string; readonly server: RedisServer | undefined } | undefined;
  /** Cluster mode alone; always the constellation's own, since the topic has one name. */
  readonly kafka: KafkaServer | undefined;
}

/** Answers the port that clients are told in place of a server's own. */
export type Through = (name: string, port: number) => Promise<number>;

export interface ServerOptions {
  readonly mode: DeploymentMode;
  readonly folder: string;
  readonly nextPort: () => Promise<number>;
  /** Own servers even where the run has shared ones: to kill them, or to look into their folders. */
  readonly own: boolean;
  readonly tell: (line: string) => void;
  /** See `ConstellationOptions`. */
  readonly through?: Through | undefined;
  readonly postgresSettings?: Readonly<Record<string, string>> | undefined;
}

/** Roles belong to a whole server, so that every database of the run's shared ones has the same passwords (`createTestDatabase`). */
const testPassword = 'for-tests-only';

/** Starts what the processes need, or takes it from the run's shared servers. Each own server is handed to `onStop` once it runs. */
export async function startServers(options: ServerOptions, onStop: (stop: () => Promise<unknown>) => void): Promise<ConstellationServers> {
  const started = async <S extends { stop(): Promise<unknown> }>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    onStop(() => server.stop());
    return server;
  };
  const { mode, folder, nextPort, own, tell, through = async (_name: string, port: number) => port, postgresSettings = {} } = options;
  const shared = own ? undefined : sharedServers();
  const database = async (instance: Instance): Promise<ConstellationDatabase> => {
    const sharedUrl = instance === 'main' ? shared?.postgresMainUrl : shared?.postgresKeystoreUrl;
    const server = sharedUrl === undefined ? await started(startInstance(instance, folder, await nextPort(), postgresSettings)) : undefined;
    const adminUrl = server ? withPort(server.adminUrl(), await through(`postgres-${instance}`, server.port)) : (sharedUrl ?? '');
    const access = { adminUrl, database: `constellation_${randomBytes(6).toString('hex')}`, passwords: testPasswords(instance) };
    return { ...access, databaseAdminUrl: adminUrlOf(access), server };
  };
  const redis = async () => {
    if (shared?.redisUrl !== undefined) return { url: shared.redisUrl, server: undefined };
    const server = await started(startRedis(join(folder, 'redis'), await nextPort(), tell));
    return { url: `redis://127.0.0.1:${await through('redis', server.port)}`, server };
  };
  const kafka = async () => {
    const port = await nextPort();
    return started(startKafka({ folder: join(folder, 'kafka'), port, controllerPort: await nextPort(), advertisedPort: await through('kafka', port), tell }));
  };
  const cluster = mode === 'cluster';
  // All settle before the first failure is thrown, so that `onStop` knows every server that runs.
  const [main, keystore, redisServer, kafkaServer] = await settleAll([database('main'), database('keystore'), cluster ? redis() : undefined, cluster ? kafka() : undefined]);
  return { databases: { main, keystore }, redis: redisServer, kafka: kafkaServer };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.toString();
}

function startInstance(instance: Instance, folder: string, port: number, settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const name = `postgres-${instance}`;
  return startPostgres({ name, dataFolder: join(folder, name), port, superuserPassword: testPassword, logFile: join(folder, 'logs', `${name}.log`), durable: false, settings });
}

function testPasswords(instance: Instance): Record<LoginRole, string> {
  return Object.fromEntries(loginRoles[instance].map((role) => [role, testPassword])) as Record<LoginRole, string>;
}

/** As `Promise.all`, but waits for all of them before it throws the first failure. */
export async function settleAll<T extends readonly unknown[]>(promises: readonly [...T]): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
