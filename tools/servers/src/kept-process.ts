import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const keeper = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../src/keeper.sh' : './keeper.sh', import.meta.url));

/** How a server ended: its exit code, or the signal that killed it. */
export interface Ending {
  readonly code: number;
  /** Number of the signal, when one killed it (the shell's 128 + n). */
  readonly signal: number | undefined;
}

/** A server that ends with this process, however this process ends. */
export interface KeptProcess {
  readonly name: string;
  /** Of the server itself, not of its keeper. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<Ending>;
  /** Whether it is still running. */
  readonly running: boolean;
  /** Sends a signal to the server. */
  signal(name: NodeJS.Signals): void;
  /** Sends the stop signal, waits `stopMs`, then kills. Resolves when it has ended. */
  stop(): Promise<Ending>;
}

export interface KeptProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** An open file that it writes to instead of `stdout` and `stderr`, which are then empty; it may be closed afterwards. */
  readonly outputFile?: number;
  /** What asks it to stop; SIGTERM unless given. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  /** How long it may take to stop before it is killed. */
  readonly stopMs: number;
}

/**
 * Starts a server in a session of its own under a keeper (keeper.sh). Ctrl-C in the terminal does not reach
 * it: this process alone stops it. Throws when the command cannot be started.
 */
export async function startKeptProcess(options: KeptProcessOptions): Promise<KeptProcess> {
  const { name, stopSignal = 'SIGTERM', stopMs, outputFile = 'pipe' } = options;
  const child = spawn('/bin/sh', [keeper, stopSignal.slice(3), String(Math.ceil(stopMs / 1000)), options.command, ...options.arguments], {
    env: { ...options.environment },
    cwd: options.folder,
    detached: true,
    stdio: ['ignore', outputFile, outputFile, 'pipe', 'pipe'],
  });
  const stdout = child.stdout ?? Readable.from([]);
  const stderr = child.stderr ?? Readable.from([]);
  let ending: Ending | undefined;
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
    ending = describeEnding(code as number | null, signal as NodeJS.Signals | null);
    return ending;
  });
  const pid = Number(await firstLine(child.stdio[4] as Readable));
  if (!(pid > 0)) throw new Error(`${name} could not be started`);
  // Closed by the system when this process ends; nothing is ever written to it.
  const leash = child.stdio[3];
  leash?.on('error', () => undefined);
  const signal = (which: NodeJS.Signals) => {
    if (ending === undefined) killIfAlive(pid, which);
  };
  return {
    name,
    pid,
    stdout,
    stderr,
    ended,
    get running() {
      return ending === undefined;
    },
    signal,
    stop: async () => {
      signal(stopSignal);
      signal('SIGCONT');
      const timer = setTimeout(() => signal('SIGKILL'), stopMs);
      const result = await ended;
      clearTimeout(timer);
      return result;
    },
  };
}

function describeEnding(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (code === null) return { code: 1, signal: signal === 'SIGKILL' ? 9 : 15 };
  return code > 128 && code < 160 ? { code, signal: code - 128 } : { code, signal: undefined };
}

function killIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function firstLine(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.trim();
}
