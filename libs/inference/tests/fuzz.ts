import { isDeepStrictEqual } from 'node:util';
import { findField, jsonDepthMax, JsonError, scanObject, SseSplitter, topLevelFieldsMax } from '../src/index.ts';

/** Random numbers that are the same for the same seed (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.roll(of.length)] as T;
  }
}

const scalars = ['0', '-1', '1e400', '9007199254740993', '1.50', '-0', '01', '1.', '.5', 'true', 'false', 'null', 'nul', 'NaN', '"\\ud800"', '"\\u00e9é"', '"a\\"b"', '"\\x"', '"\u0001"',
  `"${'x'.repeat(60)}\\n"`, `"${'é'.repeat(40)}\u001fy"`, `"${'x'.repeat(70)}\u0000\\n"`, `"${'long '.repeat(20)}"`,
  `"${'x'.repeat(250)}\\n\\\\\\"${'y'.repeat(40)}"`, `"${'é'.repeat(120)}\u001fy${'z'.repeat(20)}"`, `"${'\\\\'.repeat(150)}\\""`, `"${'ÿ~'.repeat(100)}\\x"`,
];
const names = ['"model"', '"messages"', '"usage"', '"Usage"', '"mod\\u0065l"', '"n"', '"__proto__"', '""', '"é"', '"a\\\\b"', "'n'"];
const spaces = ['', '', '', ' ', '\n\t', '\r', '\f', '\u00a0'];
const bytes = [0x00, 0x1f, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xff];

function writeValue(dice: Dice, depth: number): string {
  const kind = depth > 4 ? 0 : dice.roll(5);
  if (kind < 3) return dice.pick(scalars);
  const items = Array.from({ length: dice.roll(4) }, () => dice.pick(spaces) + (kind === 3 ? '' : `${dice.pick(names)}:${dice.pick(spaces)}`) + writeValue(dice, depth + 1));
  return kind === 3 ? `[${items.join(',')}]` : `{${items.join(',')}}`;
}

/** A body: an object most times, sometimes deep or wide, and then damaged. */
function writeBody(dice: Dice): Buffer {
  const shape = dice.roll(60);
  let text = writeValue(dice, 0);
  if (shape > 5) text = `{${Array.from({ length: dice.roll(5) }, () => `${dice.pick(names)}:${writeValue(dice, 1)}`).join(',')}}`;
  if (shape === 6) text = `{"a":${'['.repeat(dice.roll(300))}`;
  if (shape === 7) text = `{"a":${'['.repeat(jsonDepthMax - 2)}${'[]'.repeat(dice.roll(3))}${']'.repeat(jsonDepthMax - 2)}}`;
  if (shape === 8) text = `{${Array.from({ length: topLevelFieldsMax - 1 + dice.roll(3) }, (_, i) => `"${i}":0`).join(',')}}`;
  const body = Buffer.from(dice.pick(spaces) + text + dice.pick(spaces));
  for (let left = dice.roll(3) === 0 ? dice.roll(4) : 0; left > 0 && body.length > 0; left--) body[dice.roll(body.length)] = dice.pick(bytes);
  return dice.roll(10) === 0 ? body.subarray(0, dice.roll(body.length + 1)) : body;
}

/** What the scanner should find: the value, or the reason why there is none. */
function readSlowly(body: Buffer): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && depthOf(value) <= jsonDepthMax ? (value as Record<string, unknown>) : undefined;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.getOwnPropertyNames(value).map((name) => depthOf(Object.getOwnPropertyDescriptor(value, name)?.value)));
}

/** Holds the body scanner to its readable twin. Returns how many bodies were good. */
export function fuzzScanner(runs: number, seed: number): number {
  const dice = new Dice(seed);
  let good = 0;
  for (let run = 0; run < runs; run++) {
    const body = writeBody(dice);
    const expected = readSlowly(body);
    let fields: ReturnType<typeof scanObject> | undefined;
    try {
      fields = scanObject(body);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const isOneOfMany = error.reason === 'too_many_fields';
      if (expected !== undefined && !isOneOfMany) throw new Error(`run ${run}: a good body was refused: ${body.toString('hex')}`, { cause: error });
    }
    if (fields === undefined) continue;
    good++;
    if (expected === undefined) throw new Error(`run ${run}: a bad body was taken: ${body.toString('hex')}`);
    const found = new Set(fields.fields.map(({ name }) => name));
    const isSame = [...found].every((name) => {
      const field = findField(fields, name);
      return isDeepStrictEqual(JSON.parse(body.toString('utf8', field?.valueStart, field?.valueEnd)), Object.getOwnPropertyDescriptor(expected, name)?.value);
    });
    if (!isSame || found.size !== Object.getOwnPropertyNames(expected).length) throw new Error(`run ${run}: other fields were found: ${body.toString('hex')}`);
  }
  return good;
}

const pieces = [
  'data: ', 'data:', 'data', 'data: {"a":1}', 'data: é𝄞', 'event: x', 'event:', ': comment', ':', 'id: 7', 'retry: 5', 'other: y', ' data: z', '\n', '\n', '\n\n', '\n\n', '\r', '\r\n', '\r\n\r\n', '\u0000', '\ufeff', 'x'.repeat(100),
].map((piece) => Buffer.from(piece));

/** As much of an event's name as is compared: the splitter keeps no more than 64 bytes. */
const nameBytes = 40;

/** The events of a whole stream as the standard reads it (WHATWG HTML §9.2.6), and one whose last line feed is missing. */
function splitSlowly(stream: Buffer): string[] {
  const lines = stream.toString('latin1').replace(/^ï»¿/, '').split(/\r\n|\n|\r/);
  const events: string[] = [];
  let data: string[] = [];
  let name = '';
  const dispatch = () => {
    if (data.length > 0) events.push(`${name.slice(0, nameBytes)}|${data.join('\n')}`);
    data = [];
    name = '';
  };
  for (const line of lines) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (line === '') dispatch();
    else if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  dispatch();
  return events;
}

/** Holds the stream splitter to its readable twin, however the bytes are cut. Returns how many events there were. */
export function fuzzSplitter(runs: number, seed: number): number {
  const dice = new Dice(seed);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const stream = Buffer.concat(Array.from({ length: dice.roll(20) }, () => dice.pick(pieces)));
    const events: string[] = [];
    const splitter = new SseSplitter();
    const visit = (data: Buffer, name: string) => events.push(`${Buffer.from(name).toString('latin1').slice(0, nameBytes)}|${data.toString('latin1')}`);
    const longest = dice.pick([1, 3, 10, 1_000]);
    for (let at = 0; at < stream.length; ) {
      const end = at + 1 + dice.roll(longest);
      splitter.push(stream.subarray(at, end), visit);
      at = end;
    }
    splitter.end(visit);
    const expected = splitSlowly(stream);
    if (events.join('\u0000\u0000') !== expected.join('\u0000\u0000')) throw new Error(`run ${run}: ${JSON.stringify(events)} instead of ${JSON.stringify(expected)} for ${stream.toString('hex')}`);
    count += events.length;
  }
  return count;
}
