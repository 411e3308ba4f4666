import { TacetError } from '@tacet/errors';
import pino from 'pino';

/**
 * Every field that a log line may have. Identifiers of accounts and keys, addresses and content have none, so
 * they cannot be logged; a field that is not in this list is dropped.
 */
const fieldNames = [
  'applied',
  'attempt',
  'bytes',
  'cached_tokens',
  'code',
  'count',
  'door',
  'edge_id',
  'epoch',
  'error',
  'input_tokens',
  'instance',
  'invariant',
  'kind',
  'lag',
  'model',
  'ms',
  'name',
  'output_tokens',
  'partition',
  'peer',
  'pid',
  'pool',
  'port',
  'reason',
  'request_id',
  'revision',
  'route',
  'rpc',
  'seq',
  'state',
  'status',
  'step',
  'version',
  'worker',
] as const;

const allowed: ReadonlySet<string> = new Set(fieldNames);
/** What stands before the value of a field. */
const befores: ReadonlyMap<string, string> = new Map(fieldNames.map((name) => [name, `,"${name}":`]));

export type LogField = (typeof fieldNames)[number];
export type LogFields = { readonly [F in Exclude<LogField, 'error'>]?: string | number | boolean | bigint | undefined } & { readonly error?: unknown };

/** A structured log: one JSON object a line, `event` is a constant of the source. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** As `info`, for what happens with every request: lines are gathered for 100 ms and written together. */
  gathered(event: string, fields?: LogFields): void;
  /** Writes what is still buffered, synchronously. */
  flush(): void;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

const textCharactersMax = 256;

/** How long and how much is gathered before it is written. */
const gatherMs = 100;
const gatheredCharactersMax = 65_536;

/** Opens the log of a process on standard output. `level`: the least that is written. */
export function createLog(processName: string, level: Level, destination = pino.destination({ dest: 1, sync: false })): Log {
  const logger = pino(
    { level, base: { process: processName }, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  const write = (at: Level) => (event: string, fields: LogFields = {}) => {
    if (logger.isLevelEnabled(at)) logger[at](sanitize(fields), event);
  };
  const gatherer = new Gatherer(processName, (lines) => void destination.write(lines));
  const gathered = (event: string, fields: LogFields = {}) => {
    if (logger.isLevelEnabled('info')) gatherer.add(event, fields);
  };
  const flush = () => {
    gatherer.write();
    destination.flushSync();
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), gathered, flush };
}

/** What JSON writes as it is, between quotes; almost every text of a log. */
const plain = /^[\w .:/-]*$/;

/** Makes lines of pino's form without pino, and writes many at once. */
class Gatherer {
  /** What a line begins with behind its time, by event. */
  readonly #heads = new Map<string, string>();
  readonly #process: string;
  readonly #writeLines: (lines: string) => void;
  readonly #time = new TimeText();
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(processName: string, writeLines: (lines: string) => void) {
    this.#process = JSON.stringify(processName);
    this.#writeLines = writeLines;
  }

  /** The rules are those of `sanitize`; numbers and names of fields need no escaping. */
  add(event: string, fields: LogFields): void {
    let line = `{"level":"info","time":"${this.#time.of(Date.now())}${this.#headOf(event)}`;
    for (const name in fields) {
      const value = fields[name as LogField];
      const before = befores.get(name);
      if (value === undefined || before === undefined) continue;
      if (name === 'error') line += before + JSON.stringify(describeError(value));
      else if (typeof value === 'number') line += before + (Number.isFinite(value) ? String(value) : 'null');
      else if (typeof value === 'string') line += before + quote(value.length > textCharactersMax ? value.slice(0, textCharactersMax) : value);
      else if (typeof value === 'boolean') line += before + String(value);
      else if (typeof value === 'bigint') line += `${before}"${value}"`;
    }
    this.#lines += `${line}}\n`;
    if (this.#lines.length > gatheredCharactersMax) return this.write();
    this.#timer ??= setTimeout(() => this.write(), gatherMs).unref();
  }

  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#writeLines(lines);
  }

  /** Events are constants of the source, so that there are few. */
  #headOf(event: string): string {
    let head = this.#heads.get(event);
    if (head === undefined) this.#heads.set(event, (head = `","process":${this.#process},"event":${JSON.stringify(event)}`));
    return head;
  }
}

function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Moments in the form of `Date.toISOString`, whose date and time of day are made once a second. */
class TimeText {
  #second = NaN;
  #upToSecond = '';

  of(nowMs: number): string {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#upToSecond = new Date(second * 1_000).toISOString().slice(0, -4);
    }
    return `${this.#upToSecond}${String(nowMs - second * 1_000).padStart(3, '0')}Z`;
  }
}

/** Only allowed fields, only scalars, errors without their messages. */
function sanitize(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || !allowed.has(name)) continue;
    if (name === 'error') line['error'] = describeError(value);
    else if (typeof value === 'bigint') line[name] = value.toString();
    else if (typeof value === 'number' || typeof value === 'boolean') line[name] = value;
    else if (typeof value === 'string') line[name] = value.slice(0, textCharactersMax);
  }
  return line;
}

/** What of an error may be written down: its type, its code and where it happened. Messages can hold content. */
export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

/** Describes an error by an allow-list: libraries put bodies, parameters and rows into messages and properties. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    type: identifier(error.constructor.name) ?? 'Error',
    ...(error instanceof TacetError ? { code: error.code } : typeof code === 'number' || identifier(code) ? { code: String(code) } : {}),
    stack: stackWithoutMessage(error),
    ...(error.cause instanceof Error && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

function identifier(text: unknown): string | undefined {
  return typeof text === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(text) ? text : undefined;
}

/** The frames below the message; a message of several lines could imitate frames, so it is cut off as a whole. */
function stackWithoutMessage(error: Error): string[] {
  const { stack, message } = error;
  if (!stack) return [];
  const at = message === '' ? 0 : stack.indexOf(message);
  if (at < 0) return [];
  const frames = stack.slice(at + message.length).split('\n');
  return frames.filter((line) => /^ {4}at [^\n]{1,300}$/.test(line)).slice(0, 12).map((line) => line.trim());
}
