import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { runCli } from '../src/run-cli.ts';

/** How a command line is run in a test: everything that a process would give it. */
export interface CommandLineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Whether input, output and messages are a terminal. */
  readonly terminal?: boolean;
  /** What is typed, a line for each question; empty: the input ends. */
  readonly typed?: string;
  readonly signal?: AbortSignal;
  readonly nowMs?: number;
}

export interface CommandLineResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tacet` with these arguments in this process, on streams of its own. */
export async function tacet(given: readonly string[], options: CommandLineOptions = {}): Promise<CommandLineResult> {
  const { environment = {}, folder = '/nowhere', terminal = false, typed, signal = new AbortController().signal, nowMs } = options;
  const stream = () => Object.assign(new PassThrough(), terminal ? { isTTY: true, columns: 100 } : {});
  const input = stream();
  const output = stream();
  const messages = stream();
  const texts = Promise.all([textOf(output), textOf(messages)]);
  if (typed === '') input.end();
  else if (typed !== undefined) input.write(`${typed}\n`);
  const now = nowMs === undefined ? Date.now : () => nowMs;
  const code = await runCli({
    arguments: given,
    environment,
    execArgv: ['--disable-sigusr1'],
    folder,
    input,
    output,
    messages,
    signal,
    now,
  });
  output.end();
  messages.end();
  const [stdout, stderr] = await texts;
  return { code, stdout, stderr };
}

/** The one JSON document that a command printed with `--json`. */
export function documentOf({ stdout }: CommandLineResult): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The lines of JSON that a command printed with `--json`. */
export function linesOf({ stdout }: CommandLineResult): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function textOf(stream: PassThrough): Promise<string> {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(stream, 'end');
  return text;
}
