import type { Environment } from '@tacet/service';
import { choosePaint, type Paint } from './paint.ts';
import type { TextStream } from './surroundings.ts';
import { StreamedTable, type Column } from './table.ts';

/** What `--json` prints; field names are snake_case, money and 64-bit numbers are strings. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

/**
 * Where a command's answer goes: people get text; `--json` gets exactly one document, or one line for each element
 * of a stream. Messages go to standard error, so that standard output is the answer alone.
 */
export interface Output {
  readonly json: boolean;
  /** For texts of the answer. */
  readonly paint: Paint;
  /** The whole answer. */
  document(value: Json, text: () => string): Promise<void>;
  /** A part of an answer of any length, under columns. */
  stream(columns: readonly Column[]): AnswerStream;
  /** A message, not part of the answer; a line. */
  note(text: string): void;
}

export interface AnswerStream {
  add(value: Json, row: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

/** Opens the output of one command. `write` throws what the stream says, such as EPIPE. */
export function createOutput(answers: TextStream, messages: TextStream, environment: Environment, json: boolean): Output {
  const paint = choosePaint(answers, environment);
  const write = (text: string) => writeAll(answers, text);
  return {
    json,
    paint,
    document: (value, text) => write(json ? `${JSON.stringify(value, undefined, 2)}\n` : text()),
    stream: (columns) => {
      if (json) return { add: (value) => write(`${JSON.stringify(value)}\n`), end: async () => undefined };
      const table = new StreamedTable(columns, write, paint);
      return { add: (_, row) => table.add(row), end: () => table.end() };
    },
    note: (text) => void messages.write(`${text}\n`),
  };
}

/** Resolves when the stream has taken the text, so that a slow reader slows the rpc behind it. */
function writeAll(stream: TextStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
