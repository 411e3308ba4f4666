import { address, amount, commonVariables, path, port, readEnvironment, type Environment, type ProcessConfig } from '@tacet/service';
import { z } from 'zod';

const mebibyte = 1024 * 1024;
const hourMs = 3_600_000;

/** Every variable of the edge beside the common ones; README.md says what each means. */
const variables = {
  ...commonVariables,
  TACET_METRICS_PORT: port().default(9090),
  TACET_TLS_DIR: path(),
  TACET_EDGE_PORT: port().default(8080),
  TACET_EDGE_INTERNAL_PORT: port().default(8444),
  TACET_EDGE_TLS_DIR: path().optional(),
  TACET_TRUSTED_PROXIES: amount(0, 16).default(0),
  TACET_EDGE_SPOOL_DIR: path(),
  TACET_EDGE_SPOOL_BYTES_MAX: amount(64 * mebibyte, 1024 * 1024 * mebibyte).default(4096 * mebibyte),
  TACET_EDGE_REQUESTS_MAX: amount(1, 65_536).default(4_096),
  TACET_EDGE_BODY_BYTES_MAX: amount(1_024, 512 * mebibyte).default(20 * mebibyte),
  TACET_EDGE_BODY_BYTES_TOTAL_MAX: amount(1_024, 16_384 * mebibyte).default(512 * mebibyte),
  TACET_EDGE_USAGE_SINK: z.enum(['kafka', 'direct']).default('kafka'),
  TACET_KAFKA_BROKERS: z.string().regex(/^[^\s,]+:\d{1,5}(,[^\s,]+:\d{1,5})*$/, 'is host:port,host:port…').optional(),
  TACET_EDGE_LIMITER: z.enum(['redis', 'memory']).default('redis'),
  TACET_REDIS_URL_FILE: path().optional(),
  TACET_EDGE_WORKERS_FILE: path(),
  TACET_KEY_CHECK_FILE: path(),
  TACET_LEDGER_ADDRESS: address(),
  TACET_DIRECTORY_ADDRESS: address(),
  TACET_EDGE_KEY_STALE_MS: amount(1_000, 600_000).default(30_000),
  TACET_EDGE_BODY_MS: amount(1_000, hourMs).default(120_000),
  TACET_EDGE_CONNECT_MS: amount(100, 60_000).default(5_000),
  TACET_EDGE_FIRST_BYTE_MS: amount(100, 2 * hourMs).default(600_000),
  TACET_EDGE_IDLE_MS: amount(100, hourMs).default(120_000),
  TACET_EDGE_REQUEST_MS: amount(1_000, 24 * hourMs).default(hourMs),
  TACET_EDGE_QUEUE_MS: amount(0, hourMs).default(10_000),
  TACET_EDGE_SLOW_READER_MS: amount(100, hourMs).default(60_000),
  TACET_EDGE_DRAIN_LAME_DUCK_MS: amount(0, 600_000).default(15_000),
  TACET_EDGE_DRAIN_MS_MAX: amount(0, 2 * hourMs).default(900_000),
} as const;

/** Limits of time of one request, in milliseconds. */
export interface EdgeTimeouts {
  /** To the first that a worker generates, or its whole answer: it may answer before it has read the prompt. */
  readonly firstByteMs: number;
  /** Between two reads from a worker, once it has begun to generate. */
  readonly idleMs: number;
  /** Of the whole request, from its admission. */
  readonly requestMs: number;
  /** How long a client may not read what waits for it. */
  readonly slowReaderMs: number;
}

export interface EdgeConfig extends ProcessConfig {
  readonly tlsFolder: string;
  readonly port: number;
  readonly internalPort: number;
  /** Certificate of the public door; undefined = plain HTTP, with TLS in front. */
  readonly publicTlsFolder: string | undefined;
  readonly spoolFolder: string;
  readonly spoolBytesMax: number;
  readonly requestsMax: number;
  readonly bodyBytesMax: number;
  readonly bodyBytesTotalMax: number;
  readonly bodyMs: number;
  /** Undefined: straight to billing. */
  readonly kafkaBrokers: readonly string[] | undefined;
  /** Undefined: limits are counted in memory. */
  readonly redisUrlFile: string | undefined;
  readonly workersFile: string;
  readonly keyCheckFile: string;
  readonly ledgerAddress: string;
  readonly directoryAddress: string;
  readonly keyStaleMs: number;
  readonly connectMs: number;
  /** How long a request may wait for a worker while all are full. */
  readonly queueMs: number;
  readonly timeouts: EdgeTimeouts;
  readonly drainLameDuckMs: number;
  readonly drainMsMax: number;
}

/** Reads the edge's configuration. Throws `ConfigurationError` with everything that is wrong. */
export function loadConfig(environment: Environment, execArgv: readonly string[]): EdgeConfig {
  const given = readEnvironment(environment, shapeFor(environment), execArgv);
  return {
    logLevel: given.TACET_LOG_LEVEL,
    listenHost: given.TACET_LISTEN_HOST,
    metricsPort: given.TACET_METRICS_PORT,
    tlsFolder: given.TACET_TLS_DIR,
    port: given.TACET_EDGE_PORT,
    internalPort: given.TACET_EDGE_INTERNAL_PORT,
    publicTlsFolder: given.TACET_EDGE_TLS_DIR,
    spoolFolder: given.TACET_EDGE_SPOOL_DIR,
    spoolBytesMax: given.TACET_EDGE_SPOOL_BYTES_MAX,
    requestsMax: given.TACET_EDGE_REQUESTS_MAX,
    bodyBytesMax: given.TACET_EDGE_BODY_BYTES_MAX,
    bodyBytesTotalMax: given.TACET_EDGE_BODY_BYTES_TOTAL_MAX,
    bodyMs: given.TACET_EDGE_BODY_MS,
    kafkaBrokers: given.TACET_EDGE_USAGE_SINK === 'kafka' ? given.TACET_KAFKA_BROKERS?.split(',') : undefined,
    redisUrlFile: given.TACET_EDGE_LIMITER === 'redis' ? given.TACET_REDIS_URL_FILE : undefined,
    workersFile: given.TACET_EDGE_WORKERS_FILE,
    keyCheckFile: given.TACET_KEY_CHECK_FILE,
    ledgerAddress: given.TACET_LEDGER_ADDRESS,
    directoryAddress: given.TACET_DIRECTORY_ADDRESS,
    keyStaleMs: given.TACET_EDGE_KEY_STALE_MS,
    connectMs: given.TACET_EDGE_CONNECT_MS,
    queueMs: given.TACET_EDGE_QUEUE_MS,
    timeouts: {
      firstByteMs: given.TACET_EDGE_FIRST_BYTE_MS,
      idleMs: given.TACET_EDGE_IDLE_MS,
      requestMs: given.TACET_EDGE_REQUEST_MS,
      slowReaderMs: given.TACET_EDGE_SLOW_READER_MS,
    },
    drainLameDuckMs: given.TACET_EDGE_DRAIN_LAME_DUCK_MS,
    drainMsMax: given.TACET_EDGE_DRAIN_MS_MAX,
  };
}

/** What an adapter needs is required only with it, so that everything missing is told at once. */
function shapeFor(environment: Environment): typeof variables {
  const brokers = variables.TACET_KAFKA_BROKERS.unwrap();
  return {
    ...variables,
    ...((environment['TACET_EDGE_USAGE_SINK'] ?? 'kafka') === 'kafka' ? { TACET_KAFKA_BROKERS: brokers } : {}),
    ...((environment['TACET_EDGE_LIMITER'] ?? 'redis') === 'redis' ? { TACET_REDIS_URL_FILE: path() } : {}),
  } as unknown as typeof variables;
}
