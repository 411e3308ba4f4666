import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the launcher is asked to do. */
export interface LauncherOptions {
  /** Absolute path of the data folder. */
  readonly dataFolder: string;
  /** Workers to use instead of looking for one: origins without `/v1`. */
  readonly workerUrls: readonly string[];
  /** A GGUF file to serve, absolute. */
  readonly modelFile: string | undefined;
  /** Whether nothing may be fetched from a network. */
  readonly noFetch: boolean;
  /** Delete the data first. */
  readonly reset: boolean;
  /** Print one line of JSON on standard output, everything else on standard error. */
  readonly json: boolean;
}

export type ParsedArguments = { readonly kind: 'run'; readonly options: LauncherOptions } | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly problem: string };

const defaultDataFolder = '.tacet';
const workersMax = 64;

const definition = {
  data: { type: 'string' },
  worker: { type: 'string', multiple: true },
  model: { type: 'string' },
  'no-fetch': { type: 'boolean' },
  reset: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line; what is wrong with it is said in one sentence. */
export function parseLauncherArguments(given: readonly string[], environment: Readonly<Record<string, string | undefined>>): ParsedArguments {
  // `npm start --reset` gives the flag to npm, which keeps it.
  const kept = ['reset', 'worker', 'model', 'data'].find((name) => environment[`npm_config_${name}`] !== undefined);
  if (kept !== undefined) return wrong(`npm kept --${kept} for itself; write: npm start -- --${kept} …`);
  let values;
  try {
    ({ values } = parseArgs({ args: [...given], options: definition, strict: true, allowPositionals: false }));
  } catch (error) {
    return wrong(describeParseError(error as NodeJS.ErrnoException));
  }
  if (values.help) return { kind: 'help' };
  const { worker = [], model, data = defaultDataFolder } = values;
  if (data === '') return wrong('--data needs a folder');
  if (worker.length > 0 && model !== undefined) return wrong('--worker and --model exclude each other');
  if (worker.length > workersMax) return wrong(`--worker may be given ${workersMax} times at most`);
  const bad = worker.find((url) => toOrigin(url) === undefined);
  // A password must not come back on the screen.
  if (bad?.includes('@')) return wrong('--worker: the URL must hold no user and password');
  if (bad !== undefined) return wrong(`--worker ${bad}: is not the URL of a worker, such as http://127.0.0.1:8000`);
  const modelProblem = model === undefined ? undefined : describeModelProblem(model);
  if (modelProblem !== undefined) return wrong(`--model ${model}: ${modelProblem}`);
  return {
    kind: 'run',
    options: {
      dataFolder: resolve(data),
      workerUrls: [...new Set(worker.map((url) => toOrigin(url) ?? ''))],
      modelFile: model === undefined ? undefined : resolve(model),
      noFetch: values['no-fetch'] ?? false,
      reset: values.reset ?? false,
      json: values.json ?? false,
    },
  };
}

function wrong(problem: string): ParsedArguments {
  return { kind: 'wrong', problem };
}

/** The first sentence of what node says, without its advice about positional arguments. */
function describeParseError(error: NodeJS.ErrnoException): string {
  const [sentence = ''] = error.message.split(/\.\s|\. To /);
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** A worker's URL without `/v1` and slashes at its end; undefined when it is not one. */
function toOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}${url.search}${url.hash}` !== '') return undefined;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
}

/** What is wrong with a model file; undefined when it begins as a GGUF file does. */
function describeModelProblem(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'the file cannot be read';
  }
  try {
    const magic = Buffer.alloc(4);
    readSync(descriptor, magic, 0, 4, 0);
    return magic.toString('latin1') === 'GGUF' ? undefined : 'is not a GGUF file';
  } catch {
    return 'is not a file';
  } finally {
    closeSync(descriptor);
  }
}
