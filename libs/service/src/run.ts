import { toTacetError } from '@tacet/errors';
import type { Registry } from 'prom-client';
import { ConfigurationError, type Environment } from './environment.ts';
import { createLog, type Log } from './log.ts';
import { createRegistry, startMetricsServer } from './metrics-server.ts';
import { Readiness } from './readiness.ts';

/** The part of every configuration that `runProcess` itself needs. */
export interface ProcessConfig {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly listenHost: string;
  readonly metricsPort: number;
}

/** What a process is given to report with. */
export interface Reporting {
  readonly log: Log;
  readonly registry: Registry;
  readonly readiness: Readiness;
}

/** A started process. */
export interface Running {
  /** Stops orderly and leaves nothing that keeps the event loop alive. */
  stop(): Promise<void>;
  /** Settles when the work is done by itself (a command); a server never does. */
  readonly finished?: Promise<void>;
}

export interface ProcessDefinition<C extends ProcessConfig> {
  readonly name: string;
  readonly loadConfig: (environment: Environment, execArgv: readonly string[]) => C;
  readonly start: (config: C, reporting: Reporting) => Promise<Running>;
}

/**
 * Runs a process from configuration to orderly stop. Exit code 0 after a stop, 1 after a failure, 78 when the
 * configuration is wrong (`EX_CONFIG` of sysexits.h). The first SIGTERM or SIGINT stops, a second ends at once.
 */
export async function runProcess<C extends ProcessConfig>({ name, loadConfig, start }: ProcessDefinition<C>): Promise<void> {
  hideEnvironmentFromReports();
  let config: C;
  try {
    config = loadConfig(process.env, process.execArgv);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 78;
    return;
  }
  const log = createLog(name, config.logLevel);
  const readiness = new Readiness();
  const registry = createRegistry();
  process.on('uncaughtException', (error) => fatal(log, 'uncaught_exception', error));
  process.on('unhandledRejection', (error) => fatal(log, 'unhandled_rejection', error));
  const metrics = await startMetricsServer(config.listenHost, config.metricsPort, registry, readiness).catch((error: unknown) => fatal(log, 'metrics_failed', error));
  const asked = stopSignal(log);
  const running = await start(config, { log, registry, readiness }).catch((error: unknown) => {
    tellOperator(name, error);
    return fatal(log, 'start_failed', error);
  });
  readiness.unblock('starting');
  log.info('started', { pid: process.pid, port: metrics.port, door: 'metrics' });
  try {
    await (running.finished ? Promise.race([asked, running.finished]) : asked);
    readiness.block('draining');
    log.info('stopping');
    await running.stop();
    await metrics.stop();
  } catch (error) {
    fatal(log, 'stop_failed', error);
  }
  log.info('stopped');
  log.flush();
}

/**
 * Ends the process at once: the one place that calls `process.exit`. For what cannot be stopped orderly: a
 * broken invariant, a disk error, a watchdog, a second signal.
 */
export function fatal(log: Log, event: string, error?: unknown, exitCode = 1): never {
  log.error(event, { code: toTacetError(error).code, ...(error === undefined ? {} : { error }) });
  log.flush();
  process.exit(exitCode);
}

/**
 * Says on standard error why a start failed, when the error is one about a variable: by convention such a message is
 * `<VARIABLE>: <rule>`, made of constants and names. The log itself holds no messages of errors.
 */
function tellOperator(name: string, error: unknown): void {
  if (error instanceof Error && /^TACET_[A-Z_]+: [\x20-\x7e]{1,200}$/.test(error.message)) process.stderr.write(`${name}: ${error.message}\n`);
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process. */
function stopSignal(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) fatal(log, 'stopped_at_once', undefined, 130);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** Crash reports would print the environment and the heap's strings. */
function hideEnvironmentFromReports(): void {
  if (!process.report) return;
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}
