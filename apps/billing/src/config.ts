import { amount, commonVariables, path, port, readEnvironment, readSecretFile, type Environment, type ProcessConfig } from '@tacet/service';
import { z } from 'zod';

/** How billing is configured. README.md has the table. */
export interface BillingConfig extends ProcessConfig {
  readonly rpcPort: number;
  /** Certificate, key and authority of mutual TLS: `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tlsFolder: string;
  /** `postgres://` URL of the role tacet_billing. Secret. */
  readonly postgresUrl: string;
  /** `host:port` each; empty: no consumer runs. */
  readonly kafkaBrokers: readonly string[];
  /** Lifetime of an edge's session; every other time of the protocol is a fraction of it (session-times.ts). */
  readonly sessionMs: number;
}

const brokers = z.string().regex(/^[^\s,/]+:\d{1,5}(,[^\s,/]+:\d{1,5})*$/, 'is host:port, several separated by commas');

const variables = {
  ...commonVariables,
  TACET_METRICS_PORT: port().default(9093),
  TACET_BILLING_RPC_PORT: port().default(8447),
  TACET_TLS_DIR: path(),
  TACET_POSTGRES_URL_FILE: path(),
  TACET_KAFKA_BROKERS: brokers.optional(),
  TACET_LEDGER_SESSION_MS: amount(1_000, 3_600_000).default(300_000),
};

/** Reads the environment. Throws `ConfigurationError` with everything that is wrong, or an `Error` for an unreadable secret. */
export function loadConfig(environment: Environment, execArgv: readonly string[]): BillingConfig {
  const read = readEnvironment(environment, variables, execArgv);
  return {
    logLevel: read.TACET_LOG_LEVEL,
    listenHost: read.TACET_LISTEN_HOST,
    metricsPort: read.TACET_METRICS_PORT,
    rpcPort: read.TACET_BILLING_RPC_PORT,
    tlsFolder: read.TACET_TLS_DIR,
    postgresUrl: readSecretFile('TACET_POSTGRES_URL_FILE', read.TACET_POSTGRES_URL_FILE),
    kafkaBrokers: read.TACET_KAFKA_BROKERS?.split(',') ?? [],
    sessionMs: read.TACET_LEDGER_SESSION_MS,
  };
}
