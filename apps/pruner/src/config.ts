import { address, amount, commonVariables, path, port, readEnvironment, type Environment, type ProcessConfig } from '@tacet/service';
import type { Task } from './read-arguments.ts';

/** What the pruner is configured with. README.md lists the variables. */
export interface PrunerConfig extends ProcessConfig {
  readonly task: Task;
  /** Folder of `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tlsFolder: string;
  /** File with the URL of the main instance, for the role tacet_pruner. */
  readonly postgresUrlFile: string;
  /** key-service, `host:port`. */
  readonly keysAddress: string;
  /** From the start of one sweep to that of the next, in milliseconds: 1,000 … 300,000. */
  readonly intervalMs: number;
}

const intervalMsMin = 1_000;
/** Rows go within 5 minutes of their expiry. */
const intervalMsMax = 300_000;

/** Reads the configuration. Throws `ConfigurationError`. */
export function loadConfig(task: Task, environment: Environment, execArgv: readonly string[]): PrunerConfig {
  const variables = readEnvironment(
    environment,
    {
      ...commonVariables,
      TACET_METRICS_PORT: port().default(9094),
      TACET_TLS_DIR: path(),
      TACET_POSTGRES_URL_FILE: path(),
      TACET_KEYS_ADDRESS: address(),
      TACET_PRUNER_INTERVAL_MS: amount(intervalMsMin, intervalMsMax).default(120_000),
    },
    execArgv,
  );
  return {
    task,
    logLevel: variables.TACET_LOG_LEVEL,
    listenHost: variables.TACET_LISTEN_HOST,
    // Sweeps may overlap on one machine, and nobody asks a process that ends at once for its metrics.
    metricsPort: task.kind === 'loop' ? variables.TACET_METRICS_PORT : 0,
    tlsFolder: variables.TACET_TLS_DIR,
    postgresUrlFile: variables.TACET_POSTGRES_URL_FILE,
    keysAddress: variables.TACET_KEYS_ADDRESS,
    intervalMs: variables.TACET_PRUNER_INTERVAL_MS,
  };
}
