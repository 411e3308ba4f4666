import { createServer } from 'node:http';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Constellation } from '@tacet/constellation';
import type { StripeFake } from '@tacet/stripe-fake';
import { scanBytes, scanFolder, type Quarry, type Sink } from '@tacet/testing';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { askStripe } from './payments.ts';

/** Every place that is looked into. */
export const sinkNames = [
  'main data', 'main wal', 'keystore data', 'keystore wal', 'kafka segments', 'redis dump', 'logs and stdout', 'spool', 'mail', 'payment provider', 'metrics', 'temporary files', 'other files',
] as const;
export type SinkName = (typeof sinkNames)[number];

/** Where content must never be: neither sealed nor passing through. */
export const everySink: readonly SinkName[] = sinkNames;

/** Opens all sinks of a constellation that has servers of its own; `temporary`: the folder that its processes have for temporary files. */
export function openSinks(constellation: Constellation, stripe: StripeFake, temporary: string): Readonly<Record<SinkName, Sink>> {
  const { paths, servers } = constellation;
  const spool = join(paths.folder, 'spool');
  const apart = [spool, paths.mail, paths.logs, temporary, join(paths.folder, 'kafka'), join(paths.folder, 'redis'), join(paths.folder, 'postgres-main'), join(paths.folder, 'postgres-keystore')];
  return {
    'main data': postgresSink('main data', servers.databases.main, 'data'),
    'main wal': postgresSink('main wal', servers.databases.main, 'wal'),
    'keystore data': postgresSink('keystore data', servers.databases.keystore, 'data'),
    'keystore wal': postgresSink('keystore wal', servers.databases.keystore, 'wal'),
    'kafka segments': kafkaSink(constellation),
    'redis dump': redisSink(constellation),
    'logs and stdout': logSink(constellation),
    spool: folderSink('spool', spool, (marker) => plantFile(join(spool, 'control'), marker)),
    mail: folderSink('mail', paths.mail, (marker) => plantFile(paths.mail, marker)),
    'payment provider': stripeSink(stripe),
    metrics: metricsSink(constellation),
    'temporary files': folderSink('temporary files', temporary, (marker) => plantFile(temporary, marker)),
    'other files': {
      name: 'other files',
      plant: (marker) => plantFile(join(paths.folder, 'control'), marker),
      scan: (quarry, sinceMs) => scanFolder(paths.folder, quarry, { sinceMs, accept: (path) => !apart.includes(path) }),
    },
  };
}

let planted = 0;

async function plantFile(folder: string, marker: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `control-${planted++}`), marker);
}

function folderSink(name: string, folder: string, plant: (marker: string) => Promise<void>): Sink {
  return { name, plant, scan: (quarry, sinceMs) => scanFolder(folder, quarry, { sinceMs }) };
}

/**
 * A row as it is, twice, since a page of the write-ahead log may end in the middle of one, and one that PostgreSQL compresses.
 * What is dirty in memory is written down before the files are read.
 */
function postgresSink(name: string, database: Constellation['servers']['databases']['main'], part: 'data' | 'wal'): Sink {
  const { databaseAdminUrl, server } = database;
  if (!server) throw new Error('the files of a shared server belong to others');
  const wal = join(server.dataFolder, 'pg_wal');
  const ask = async (sql: string, parameters: unknown[] = []) => {
    const client = new pg.Client({ connectionString: databaseAdminUrl });
    await client.connect();
    try {
      await client.query(sql, parameters);
    } finally {
      await client.end();
    }
  };
  return {
    name,
    plant: async (marker) => {
      await ask('CREATE TABLE IF NOT EXISTS public.prove_control (value text)');
      await ask('INSERT INTO public.prove_control VALUES ($1), ($1), ($2)', [`raw ${marker}`, `packed ${marker}${'x'.repeat(8_000)}`]);
    },
    scan: async (quarry, sinceMs) => {
      await ask('CHECKPOINT');
      if (part === 'wal') return scanFolder(wal, quarry, { sinceMs });
      return scanFolder(server.dataFolder, quarry, { sinceMs, accept: (path) => path !== wal });
    },
  };
}

function kafkaSink({ servers }: Constellation): Sink {
  const { kafka } = servers;
  if (!kafka) throw new Error('there is no Kafka');
  return {
    name: 'kafka segments',
    plant: async (marker) => {
      const client = new Kafka({ brokers: [kafka.broker], logLevel: logLevel.NOTHING });
      const admin = client.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 'prove-control', numPartitions: 1 }], waitForLeaders: true });
      await admin.disconnect();
      const producer = client.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      await producer.send({ topic: 'prove-control', messages: [{ value: marker }] });
      await producer.disconnect();
    },
    scan: (quarry, sinceMs) => scanFolder(kafka.dataFolder, quarry, { sinceMs }),
  };
}

/** The whole keyspace as Redis would write it to disk, uncompressed. */
function redisSink({ servers, paths }: Constellation): Sink {
  const { redis } = servers;
  if (!redis?.server) throw new Error('there is no Redis of its own');
  const withClient = async (act: (client: Redis) => Promise<unknown>) => {
    const client = new Redis(redis.url, { lazyConnect: true });
    await client.connect();
    try {
      await act(client);
    } finally {
      client.disconnect();
    }
  };
  return {
    name: 'redis dump',
    plant: (marker) => withClient((client) => client.set(`control:${planted++}`, marker)),
    scan: async (quarry) => {
      await withClient(async (client) => {
        await client.config('SET', 'rdbcompression', 'no');
        await client.save();
      });
      return scanFolder(join(paths.folder, 'redis'), quarry);
    },
  };
}

/** Every request that the payment provider was sent: path, parameters, body and headers. */
function stripeSink(stripe: StripeFake): Sink {
  return {
    name: 'payment provider',
    plant: async (marker) => {
      await askStripe(stripe, 'customers', { 'metadata[control]': marker });
    },
    scan: async (quarry) => scanBytes(Buffer.from(JSON.stringify(stripe.requests())), quarry, 'requests'),
  };
}

/** Standard output and error of every process, of the workers and of the databases: all of them are files. */
function logSink({ paths, processes }: Constellation): Sink {
  return {
    name: 'logs and stdout',
    plant: async (marker) => {
      for (const { logFile } of processes) await appendFile(logFile, `{"event":"control","marker":"${marker}"}\n`);
    },
    scan: (quarry) => scanFolder(paths.logs, quarry),
  };
}

/** What monitoring reads of every process. The control is one more address, whose only metric is the marker. */
function metricsSink({ processes }: Constellation): Sink {
  let marker = '';
  const control = createServer((_request, response) => response.end(`control{label="${marker}"} 1\n`));
  return {
    name: 'metrics',
    plant: async (planting) => {
      marker = planting;
    },
    scan: async (quarry) => {
      await new Promise<void>((resolve) => void control.listen(0, '127.0.0.1', resolve));
      const { port } = control.address() as { port: number };
      const urls = [`http://127.0.0.1:${port}`, ...processes.filter(({ running }) => running).map(({ metricsUrl }) => metricsUrl)];
      const findings = await Promise.all(urls.map((url) => scrape(url, quarry)));
      await new Promise((resolve) => control.close(resolve));
      return findings.flat();
    },
  };
}

async function scrape(url: string, quarry: Quarry) {
  const response = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
  return scanBytes(Buffer.from(await response.arrayBuffer()), quarry, `${url}/metrics`);
}
