import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureCommand } from './install.ts';
import { startKeptProcess, type KeptProcess } from './kept-process.ts';
import { waitForLine } from './wait-for-line.ts';

const execute = promisify(execFile);
const kafkaFolder = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../kafka/' : '../kafka/', import.meta.url));
const javaFlags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xms64m', '-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info'];

/** A running Apache Kafka (one node, KRaft), on loopback. */
export interface KafkaServer extends KeptProcess {
  readonly broker: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Its log folder: segments of every topic. */
  readonly dataFolder: string;
}

export interface KafkaOptions {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  /** The port that clients are told: of something in between. `port` unless given. */
  readonly advertisedPort?: number;
  readonly tell?: (line: string) => void;
}

/** Starts Kafka on a folder, formatting it the first time; fetches the jars from Maven Central once per machine. */
export async function startKafka({ folder, port, controllerPort, advertisedPort = port, tell = () => undefined }: KafkaOptions): Promise<KafkaServer> {
  const jars = await kafkaJars(tell);
  const dataFolder = join(folder, 'data');
  const configuration = join(folder, 'kafka.properties');
  await mkdir(folder, { recursive: true });
  await writeFile(configuration, properties(dataFolder, port, controllerPort, advertisedPort));
  if (!existsSync(join(dataFolder, 'meta.properties'))) {
    await execute('java', ['-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format', `--cluster-id=${randomBytes(16).toString('base64url')}`, '-c', configuration]);
  }
  const server = await startKeptProcess({
    name: 'kafka',
    command: 'java',
    arguments: [...javaFlags, '-cp', `${jars}/*`, 'kafka.Kafka', configuration],
    environment: { PATH: process.env['PATH'], JAVA_HOME: process.env['JAVA_HOME'] },
    stopMs: 10_000,
  });
  const log = createWriteStream(join(folder, 'kafka.log'), { flags: 'a' });
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  void server.ended.then(() => log.end());
  await waitForLine(server, /Kafka Server started/, 60_000);
  return Object.assign(server, { broker: `127.0.0.1:${advertisedPort}`, port, controllerPort, dataFolder });
}

function properties(dataFolder: string, port: number, controllerPort: number, advertisedPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${dataFolder}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'share.coordinator.state.topic.num.partitions=1',
    'group.initial.rebalance.delay.ms=0',
    // Otherwise 128 MiB are taken for compaction that nothing here needs.
    'log.cleaner.dedupe.buffer.size=2097152',
    // Otherwise a restart after kill -9 waits 11 s for the old registration to end.
    'broker.session.timeout.ms=1000',
    'broker.heartbeat.interval.ms=200',
    '',
  ].join('\n');
}

/** The folder of Kafka's jars, outside the repository, checked against kafka/jars.sha256. */
async function kafkaJars(tell: (line: string) => void): Promise<string> {
  await ensureCommand('java', 'default-jre-headless', tell);
  const list = await readFile(join(kafkaFolder, 'jars.sha256'), 'utf8');
  const key = createHash('sha256').update(list).digest('hex').slice(0, 12);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tacet');
  const folder = join(cache, `kafka-${key}`);
  if (existsSync(folder)) return folder;
  await ensureCommand('mvn', 'maven', tell);
  tell('fetching Apache Kafka from Maven Central (43 MB, once)');
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
  await execute('mvn', ['-q', '-B', '-f', join(kafkaFolder, 'pom.xml'), goal, '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`], { maxBuffer: 2 ** 26 });
  for (const line of list.trim().split('\n')) {
    const [expected, jar = ''] = line.split(/\s+/);
    const actual = createHash('sha256').update(await readFile(join(unfinished, jar))).digest('hex');
    if (actual !== expected) throw new Error(`${jar} from Maven Central is not the file that kafka/jars.sha256 names`);
  }
  await rename(unfinished, folder).catch(async (error: unknown) => {
    // Another run was faster.
    if (!existsSync(folder)) throw error;
    await rm(unfinished, { recursive: true });
  });
  return folder;
}
