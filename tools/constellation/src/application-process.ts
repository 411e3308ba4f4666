import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKeptProcess, type Ending, type KeptProcess } from '@tacet/servers';
import { inheritedEnvironment, sourceArguments, type Application } from './applications.ts';

export interface ApplicationOptions {
  /** Where the log goes: `<name>.log`, appended to. */
  readonly folder: string;
  /** Where it runs, and relative paths of its environment begin: the deployment's folder. */
  readonly workingFolder: string;
  /** Tells replicas apart; the application's name unless given. */
  readonly name?: string;
  /** Further flags of node. */
  readonly flags?: readonly string[];
  /** Arguments of main.ts. */
  readonly arguments?: readonly string[];
  /** How long an orderly stop may take before it is killed; 10,000 ms unless given. */
  readonly stopMs?: number;
}

/** A process of ours, which can be killed and started again under the same name, ports and folders. */
export interface ApplicationProcess {
  readonly application: Application;
  readonly name: string;
  readonly logFile: string;
  readonly metricsUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the present run. */
  readonly pid: number;
  readonly running: boolean;
  /** Of the present run. */
  readonly ended: Promise<Ending>;
  /** Waits for `/ready`. Throws, with the end of the log, when the process ends or `timeoutMs` pass (60,000 unless given). */
  waitUntilReady(timeoutMs?: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Sends a signal (SIGKILL unless given) and waits until the process has ended. */
  kill(name?: NodeJS.Signals): Promise<Ending>;
  /** Stops orderly; killed after `stopMs`. */
  stop(): Promise<Ending>;
  /**
   * Ends the present run if there is one (orderly) and starts the next, with further variables; does not wait for `/ready`.
   * For this run alone: `repository`, the folder of another copy of the sources; `under`, a command that takes its own as arguments
   * and becomes it.
   */
  restart(variables?: Readonly<Record<string, string>>, repository?: string, under?: readonly string[]): Promise<void>;
}

const defaultStopMs = 10_000;
const defaultReadyMs = 60_000;
const pollMs = 25;
const logTailLines = 40;
const startedLine = '"event":"started"';

/** Starts a process of ours from its source; `environment` holds its variables (see `applicationEnvironment`). */
export async function startProcess(application: Application, environment: Readonly<Record<string, string>>, options: ApplicationOptions): Promise<ApplicationProcess> {
  const { folder, name = application, flags = [], stopMs = defaultStopMs } = options;
  const logFile = join(folder, `${name}.log`);
  let variables = { ...environment };
  await mkdir(folder, { recursive: true });
  const run = async (repository?: string, under: readonly string[] = []) => {
    // Straight into the file: a process whose reader has died could not say why it stops.
    const log = openSync(logFile, 'a', 0o600);
    const logStart = fstatSync(log).size;
    try {
      const server = await startKeptProcess({
        name,
        ...commandLine(under, sourceArguments(`apps/${application}/src/main.ts`, options.arguments ?? defaultArguments(application), flags, repository)),
        environment: { ...inheritedEnvironment(process.env), ...variables },
        folder: options.workingFolder,
        outputFile: log,
        stopMs,
      });
      return { server, logStart };
    } finally {
      closeSync(log);
    }
  };
  let { server: current, logStart } = await run();
  return {
    application,
    name,
    logFile,
    get metricsUrl() {
      return metricsUrlOf(variables);
    },
    get environment() {
      return variables;
    },
    get pid() {
      return current.pid;
    },
    get running() {
      return current.running;
    },
    get ended() {
      return current.ended;
    },
    waitUntilReady: (timeoutMs = defaultReadyMs) => waitUntilReady(current, variables, { file: logFile, start: logStart }, timeoutMs),
    signal: (signal) => current.signal(signal),
    kill: async (signal = 'SIGKILL') => {
      current.signal(signal);
      return current.ended;
    },
    stop: () => current.stop(),
    restart: async (further = {}, repository, under = []) => {
      if (current.running) await current.stop();
      variables = { ...variables, ...further };
      ({ server: current, logStart } = await run(repository, under));
    },
  };
}

function commandLine(under: readonly string[], own: readonly string[]): { readonly command: string; readonly arguments: readonly string[] } {
  const [command = process.execPath, ...further] = [...under, process.execPath, ...own];
  return { command, arguments: further };
}

function defaultArguments(application: Application): readonly string[] {
  return application === 'pruner' ? ['loop'] : [];
}

function metricsUrlOf(variables: Readonly<Record<string, string>>): string {
  return `http://127.0.0.1:${variables['TACET_METRICS_PORT']}`;
}

/** The log of one run: from `start`, in bytes. */
interface RunLog {
  readonly file: string;
  readonly start: number;
}

async function waitUntilReady(server: KeptProcess, variables: Readonly<Record<string, string>>, log: RunLog, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  let started = false;
  for (;;) {
    started ||= await saysStarted(variables, log);
    const answer = started ? await askReady(metricsUrlOf(variables)) : 'has not said that it started';
    if (answer === 'ready') return;
    if (!server.running) throw new Error(`${server.name} ended with code ${(await server.ended).code} before it was ready; it printed:\n${await tailOf(log)}`);
    if (performance.now() > end) throw new Error(`${server.name} was not ready after ${timeoutMs} ms (${answer}); it printed:\n${await tailOf(log)}`);
    await sleep(pollMs);
  }
}

/**
 * Whether the process has written that it started: somebody else's may answer at a port that it could not get. A level
 * that hides the line must be trusted.
 */
async function saysStarted(variables: Readonly<Record<string, string>>, log: RunLog): Promise<boolean> {
  return ['warn', 'error'].includes(variables['TACET_LOG_LEVEL'] ?? 'info') || (await readRun(log)).includes(startedLine);
}

/** `ready`, or why not. */
async function askReady(metricsUrl: string): Promise<string> {
  const request = get(`${metricsUrl}/ready`, { agent: false, timeout: 1_000 });
  request.on('timeout', () => request.destroy());
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return response.statusCode === 200 ? 'ready' : text.trim().replaceAll('\n', ', ');
  } catch {
    return 'no answer';
  }
}

async function tailOf(log: RunLog): Promise<string> {
  return (await readRun(log)).trimEnd().split('\n').slice(-logTailLines).join('\n');
}

async function readRun({ file, start }: RunLog): Promise<string> {
  return (await readFile(file)).subarray(start).toString();
}
