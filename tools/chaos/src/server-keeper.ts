import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConstellationServers } from '@tacet/constellation';
import { startKafka, startPostgres, startRedis, type KeptProcess } from '@tacet/servers';

/** A server that can be ended and started again on the same port and folder. */
export interface RestartableServer {
  readonly name: string;
  readonly process: KeptProcess;
  start(): Promise<void>;
  /** Only where losing everything must cost nothing. */
  erase?(): Promise<void>;
}

/** A postmaster that was just killed may leave its port taken for a moment. */
const startTriesMax = 20;

/** Postgres, Redis and Kafka of a constellation, which know how to come back. */
export class ServerKeeper {
  #servers: RestartableServer[] = [];

  get all(): readonly RestartableServer[] {
    return this.#servers;
  }

  /** Takes over the constellation's own servers. */
  adopt({ databases, redis, kafka }: ConstellationServers): void {
    for (const instance of ['main', 'keystore'] as const) {
      const { server } = databases[instance];
      if (!server) throw new Error('a chaos run needs servers of its own');
      const { dataFolder, port } = server;
      const superuserPassword = decodeURIComponent(new URL(server.adminUrl()).password);
      const options = { name: server.name, dataFolder, port, superuserPassword, logFile: `${dataFolder}.log`, durable: false, settings: { synchronous_commit: 'on' } };
      this.#servers.push(restartable(server, () => startPostgres(options)));
    }
    // Embedded, there is neither.
    if (!redis?.server || !kafka) return;
    const { port: redisPort } = redis.server;
    const folder = dirname(databases.main.server?.dataFolder ?? '');
    this.#servers.push(restartable(redis.server, () => startRedis(`${folder}/redis`, redisPort)));
    const { port, controllerPort, dataFolder } = kafka;
    const advertisedPort = Number(kafka.broker.split(':')[1]);
    const broker = restartable(kafka, () => startKafka({ folder: dirname(dataFolder), port, controllerPort, advertisedPort }));
    this.#servers.push(Object.assign(broker, { erase: () => rm(dataFolder, { recursive: true, force: true }) }));
  }

  /** The server of a name: `postgres-main`, `postgres-keystore`, `redis`, `kafka`. */
  find(name: string): RestartableServer {
    const server = this.#servers.find((one) => one.name === name);
    if (!server) throw new Error(`there is no server ${name}`);
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(({ process }) => process.stop()));
  }
}

function restartable(first: KeptProcess, startAgain: () => Promise<KeptProcess>): RestartableServer {
  let current = first;
  return {
    name: first.name,
    get process() {
      return current;
    },
    start: async () => {
      for (let tries = 1; ; tries++) {
        try {
          current = await startAgain();
          return;
        } catch (error) {
          if (tries === startTriesMax) throw error;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }
    },
  };
}
