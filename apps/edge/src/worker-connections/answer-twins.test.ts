/**
 * The reader of answers beside a slow twin, which reads the whole text with regular expressions, and beside the client of node:http.
 * Method: answers put together at random of good and odd parts, some bytes of them changed, cut anywhere. `TEST_MODEL_RUNS=1000000`
 * makes it thorough, `TEST_SEED` repeats a run.
 */
import { request as requestOverHttp } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, test } from '@jest/globals';
import { AnswerReader } from './answer-reader.ts';

const runs = Number(process.env['TEST_MODEL_RUNS'] ?? 10_000);
const runsOverHttp = Math.ceil(runs / 10);
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);

/** `open`: the connection may take another request. */
interface Outcome {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly isOpen: boolean;
}

/** What the reader makes of a text that comes in pieces, and then ends; undefined = it fails. */
function readInPieces(pieces: readonly string[]): Outcome | undefined {
  let [status, contentType, body] = [0, '', ''];
  let [hasEnded, hasFailed, isOpen] = [false, false, false];
  const reader = new AnswerReader({
    takeHead: (head) => ({ status, contentType } = head),
    takeBody: (bytes) => (body += bytes.toString('latin1')),
    takeEnd: (mayReuse) => ([hasEnded, isOpen] = [true, mayReuse]),
    takeInvalid: () => (hasEnded ? (isOpen = false) : (hasFailed = true)),
  });
  reader.begin();
  for (const piece of pieces) reader.take(Buffer.from(piece, 'latin1'));
  const wasOpen = isOpen;
  reader.takeClose();
  return hasFailed || !hasEnded ? undefined : { status, contentType, body, isOpen: wasOpen };
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const value = '[\\t\\x20-\\x7e\\x80-\\xff]*';
const headPattern = new RegExp(`^HTTP/1\\.([01]) ([1-9][0-9][0-9])(?: ${value})?\\r\\n((?:${token}:${value}\\r\\n)*)\\r\\n`);
const chunkPattern = new RegExp(`^([0-9A-Fa-f]+)(?:;${value})?\\r\\n`);
const trailersPattern = new RegExp(`^(?:${token}:${value}\\r\\n)*\\r\\n`);

/** The slow twin. */
function readAtOnce(text: string): Outcome | undefined {
  const match = headPattern.exec(text);
  if (!match) return undefined;
  const [head, minor, code, lines = ''] = match;
  const status = Number(code);
  const rest = text.slice(head.length);
  const fields = lines.split('\r\n').slice(0, -1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).replace(/^[ \t]+|[ \t]+$/g, '')] as const);
  const all = (name: string) => fields.filter(([field]) => field === name).map(([, text]) => text);
  const lengths = all('content-length');
  const codings = all('transfer-encoding');
  if (lengths.length + codings.length > 1) return undefined;
  if (lengths.some((length) => !/^[0-9]+$/.test(length) || Number(length) > Number.MAX_SAFE_INTEGER)) return undefined;
  if (codings.some((coding) => coding.toLowerCase() !== 'chunked' || minor === '0')) return undefined;
  if (status < 200) return status === 101 ? undefined : readAtOnce(rest);
  const options = all('connection').map((option) => option.toLowerCase());
  const staysOpen = !options.some((option) => option.includes('close')) && (minor === '1' || options.includes('keep-alive'));
  const told = { status, contentType: all('content-type').at(-1) ?? '' };
  if (status === 204 || status === 304) return { ...told, body: '', isOpen: staysOpen && lengths.length + codings.length === 0 && rest === '' };
  if (codings.length > 0) {
    const chunks = joinChunks(rest);
    return chunks && { ...told, body: chunks.body, isOpen: staysOpen && chunks.rest === '' };
  }
  const [length] = lengths.map(Number);
  if (length === undefined) return { ...told, body: rest, isOpen: false };
  return rest.length < length ? undefined : { ...told, body: rest.slice(0, length), isOpen: staysOpen && rest.length === length };
}

function joinChunks(text: string): { body: string; rest: string } | undefined {
  let [body, rest] = ['', text];
  for (;;) {
    const match = chunkPattern.exec(rest);
    if (!match) return undefined;
    const size = Number.parseInt(match[1] ?? '', 16);
    rest = rest.slice(match[0].length);
    if (size === 0) break;
    if (rest.slice(size, size + 2) !== '\r\n') return undefined;
    body += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const trailers = trailersPattern.exec(rest);
  return trailers ? { body, rest: rest.slice(trailers[0].length) } : undefined;
}

/** Random numbers that a seed repeats (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Answers of good and odd parts, and where they are cut. */
class Maker {
  readonly #random: () => number;

  constructor(start: number) {
    this.#random = randomFrom(start);
  }

  one(): { text: string; pieces: string[] } {
    const text = this.#changed(this.#answer());
    return { text, pieces: this.#cut(text) };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #of<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  /** One time in so many. */
  #rarely(times: number): boolean {
    return this.#below(times) === 0;
  }

  #answer(): string {
    const body = 'data: {"x":"\xe9"}\n\n'.repeat(this.#below(6)).slice(0, this.#below(60));
    const framing = this.#below(4);
    const lines = [this.#of(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200', 'HTTP/1.0 200 OK', 'HTTP/1.1 204 No', 'HTTP/1.1 304 ', 'HTTP/1.1 503 \xe9'])];
    if (framing === 0) lines.push(`${this.#of(['content-length', 'Content-Length'])}:${this.#of(['', ' ', '\t'])}${this.#rarely(12) ? this.#below(80) : body.length}${this.#of(['', ' '])}`);
    if (framing === 1) lines.push(this.#of(['transfer-encoding: chunked', 'Transfer-Encoding: Chunked', 'transfer-encoding:chunked']));
    const odd = [
      'content-type: application/json', 'content-type: text/event-stream', 'Content-Type:', 'connection: close', 'connection: keep-alive', 'Connection: upgrade, close', 'date: x', 'server: uvicorn',
      'content-length: 3', 'content-length: -1', 'transfer-encoding: gzip', 'transfer-encoding: chunked', 'x : y', ' folded', 'x', ': y', 'x: \0', 'keep-alive: timeout=5',
    ];
    while (this.#rarely(2)) lines.splice(1 + this.#below(lines.length), 0, this.#of(this.#rarely(4) ? odd : odd.slice(0, 8)));
    const interim = this.#rarely(8) ? this.#of(['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early\r\nx: y\r\n\r\n', 'HTTP/1.1 101 No\r\n\r\n']) : '';
    const behind = this.#rarely(10) ? this.#of(['x', '\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n']) : '';
    return `${interim}${lines.join('\r\n')}\r\n\r\n${framing === 1 ? this.#chunked(body) : body}${behind}`;
  }

  #chunked(body: string): string {
    let [text, at] = ['', 0];
    while (at < body.length) {
      const size = 1 + this.#below(body.length - at);
      text += `${this.#of(['', '0', '000'])}${size.toString(16)}${this.#of(['', '', '', ';a=b', ';a', ' '].slice(0, this.#rarely(8) ? 6 : 5))}\r\n${body.slice(at, at + size)}\r\n`;
      at += size;
    }
    return `${text}0\r\n${this.#of(['', '', 'x: y\r\n', 'x:\r\ny: z\r\n'])}\r\n`;
  }

  #changed(text: string): string {
    let changed = text;
    while (this.#rarely(3)) {
      const at = this.#below(changed.length + 1);
      const with_ = this.#of(['', '\r', '\n', '\r\n', ' ', '\t', '\0', ':', ';', '0', '1', 'a', 'g', '\x7f', '\x80', '\xff', '-', ',']);
      changed = changed.slice(0, at) + with_ + changed.slice(at + this.#below(3));
    }
    return this.#rarely(10) ? changed.slice(0, this.#below(changed.length + 1)) : changed;
  }

  #cut(text: string): string[] {
    if (this.#rarely(10)) return [...text];
    const cuts = Array.from({ length: this.#below(5) }, () => this.#below(text.length + 1)).sort((a, b) => a - b);
    return [0, ...cuts].map((cut, i) => text.slice(cut, cuts[i] ?? text.length)).filter((piece) => piece !== '');
  }
}

test(`the reader and its slow twin agree on answers of all kinds (seed ${seed})`, () => {
  const maker = new Maker(seed);
  const counts = { failed: 0, open: 0, closed: 0 };
  for (let run = 0; run < runs; run++) {
    const { text, pieces } = maker.one();
    const expected = readAtOnce(text);
    counts[expected === undefined ? 'failed' : expected.isOpen ? 'open' : 'closed']++;
    const seen = readInPieces(pieces);
    if (JSON.stringify(seen) !== JSON.stringify(expected)) expect({ run, pieces, seen }).toEqual({ run, pieces, seen: expected });
  }
  // Each kind is common enough to be of use.
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(runs / 20);
}, Math.max(30_000, runs));

/** What the client of node:http makes of it; undefined = it fails. */
function readOverHttp(text: string): Promise<Pick<Outcome, 'status' | 'body'> | undefined> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write(_bytes, _encoding, done) {
        done();
        wire.push(Buffer.from(text, 'latin1'));
        wire.push(null);
      },
    });
    const request = requestOverHttp({ method: 'POST', createConnection: () => wire }, (response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString('latin1')));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.complete ? { status: response.statusCode ?? 0, body } : undefined));
    });
    request.on('error', () => resolve(undefined));
    request.on('upgrade', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
    request.end();
  });
}

test(`whatever the reader keeps the connection after, the client of node:http takes for the same (seed ${seed})`, async () => {
  const maker = new Maker(seed + 1);
  let [both, refused] = [0, 0];
  for (let run = 0; run < runsOverHttp; run++) {
    const { text, pieces } = maker.one();
    const seen = readInPieces(pieces);
    if (!seen?.isOpen) continue;
    const { status, body } = seen;
    const overHttp = await readOverHttp(text);
    // It refuses extensions of chunks without a name, which mean nothing here, as any other.
    if (overHttp === undefined) {
      refused++;
      continue;
    }
    both++;
    expect({ run, text, status, body }).toEqual({ run, text, ...overHttp });
  }
  expect(both).toBeGreaterThan(runsOverHttp / 20);
  expect(refused).toBeLessThan(both / 10);
}, Math.max(30_000, runs));
