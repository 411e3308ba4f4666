import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder, sourceArguments } from '@tacet/constellation';
import { eventually } from '@tacet/testing';

/** The line of `--json`. */
export interface ReadyLine {
  readonly edge: string;
  readonly account: string;
  readonly apiKey: string;
  readonly email: string;
  readonly password: string;
  readonly dataDir: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly worker: { readonly kind: string; readonly model: string };
}

/** A launcher that a test has started. */
export interface Launched {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its ready line. Throws when the launcher ends before it. */
  ready(): Promise<ReadyLine>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** Sends a signal (SIGINT unless given) and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An empty cache, so that no test finds or leaves a model. */
export const emptyCache = mkdtempSync(join(tmpdir(), 'tacet-cache-'));

/** What a person's shell would have: nothing of Jest, Nx or the npm that runs them. */
function shellEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NX_|JEST_|TACET_)|^(NODE_OPTIONS|NODE_ENV|NO_COLOR|FORCE_COLOR)$/.test(name)));
}

/** Starts the launcher from its source, as tools/setup/run.mjs does, or `npm start` itself. */
export function launch(given: readonly string[], { command = process.execPath, environment = {} }: { readonly command?: string; readonly environment?: Readonly<Record<string, string>> } = {}): Launched {
  const before = command === 'npm' ? ['start', '--silent', '--'] : sourceArguments('tools/launcher/src/main.ts');
  const child = spawn(command, [...before, ...given], { cwd: repositoryFolder, env: { ...shellEnvironment(), XDG_CACHE_HOME: emptyCache, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    ready: () =>
      eventually('the launcher is ready', () => {
        if (child.exitCode !== null) throw new Error(`the launcher ended with code ${child.exitCode}:\n${stderr}`);
        return stdout.includes('\n') && (JSON.parse(stdout) as ReadyLine);
      }, 120_000),
    stop: async (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Whether a process runs; what is left of one that nobody has asked after does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Which of the named processes still run. */
export function alive(pids: Readonly<Record<string, number>>): string[] {
  return Object.entries(pids).filter(([, pid]) => isAlive(pid)).map(([name]) => name);
}
