import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { isLoopback } from './is-loopback.ts';
import { contextTokensDefault, queueLengthDefault } from './limits.ts';

/** What the command was asked to do. */
export interface Command {
  readonly modelFile: string;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly threads: number;
  readonly contextTokensMax: number;
  readonly queueLengthMax: number;
}

export const help = `Usage: local-worker --model FILE [OPTION]...

Serves a GGUF file as an OpenAI-compatible chat model on this machine.

  --model FILE           the model, with a chat template inside
  --id NAME              the id that clients use (default: the file's name)
  --host ADDRESS         a loopback address (default: 127.0.0.1)
  --port PORT            0 takes a free one (default: 0)
  --threads NUMBER       more than one collapses on busy cores (default: 1)
  --context-tokens N     prompt and answer together (default: ${contextTokensDefault}, or what the model was trained for)
  --queue NUMBER         requests that may wait (default: ${queueLengthDefault})
  --help                 show this
`;

/** Reads the arguments. Throws an `Error` that says what is wrong; undefined when help was asked for. */
export function readCommandLine(argv: readonly string[]): Command | undefined {
  const text = { type: 'string' } as const;
  const options = { model: text, id: text, host: text, port: text, threads: text, 'context-tokens': text, queue: text, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...argv], options, strict: true });
  if (values.help) return undefined;
  if (values.model === undefined) throw new Error('--model is required');
  const { host = '127.0.0.1' } = values;
  if (!isLoopback(host)) throw new Error('--host must be a loopback address: this worker knows no keys');
  return {
    modelFile: values.model,
    id: values.id ?? basename(values.model).replace(/\.gguf$/i, ''),
    host,
    port: wholeNumber('--port', values.port, 0, 0, 65_535),
    threads: wholeNumber('--threads', values.threads, 1, 1, 1_024),
    contextTokensMax: wholeNumber('--context-tokens', values['context-tokens'], contextTokensDefault, 256, 10_000_000),
    queueLengthMax: wholeNumber('--queue', values.queue, queueLengthDefault, 0, 10_000),
  };
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, min: number, max: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}
