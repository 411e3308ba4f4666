import type { Readable, Writable } from 'node:stream';
import type { Environment } from '@tacet/service';

/** What a command line gets from the process that it runs in. */
export interface Surroundings {
  /** Without the program itself. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly execArgv: readonly string[];
  /** Working folder. */
  readonly folder: string;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: TextStream;
  readonly messages: TextStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** A stream that may be a terminal. */
export type TextStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
