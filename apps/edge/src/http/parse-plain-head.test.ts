/** The head of a plain request, against `node:http` as the twin: what is taken is understood alike. */
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, test } from '@jest/globals';
import { parsePlainHead, plainBodyBytesMax, plainHeadBytesMax } from './parse-plain-head.ts';

const inputs = Number(process.env['TEST_MODEL_RUNS'] ?? 10_000);

function headOf(lines: readonly string[], body = '{}'): string {
  return `${['POST /v1/chat/completions HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n${body}`;
}

const usual = ['Host: edge', 'Content-Type: application/json', 'Content-Length: 2'];
const read = (text: string) => parsePlainHead(Buffer.from(text, 'latin1'));

test('a plain head is read: path, headers by lower-case name, and where the body is', () => {
  const text = headOf([...usual, 'Authorization:  Bearer x ', 'X-Empty:', 'connection: keep-alive']);
  const head = read(text);
  if (typeof head === 'string') throw new Error(head);
  expect(head.endpoint.name).toBe('chat_completions');
  expect(head.headers).toEqual({ host: 'edge', 'content-type': 'application/json', 'content-length': '2', authorization: 'Bearer x', 'x-empty': '', connection: 'keep-alive' });
  expect(text.slice(head.bodyStart, head.bodyEnd)).toBe('{}');
});

test('what has come in part is waited for, up to the longest head', () => {
  const text = headOf(usual);
  const end = text.indexOf('\r\n\r\n') + 4;
  for (let length = 1; length < end; length++) expect(read(text.slice(0, length))).toBe('more');
  expect(read(`POST ${'x'.repeat(plainHeadBytesMax)}`)).toBe('other');
});

test.each<[string, string]>([
  ['another method', headOf(usual).replace('POST', 'GET')],
  ['a method that begins alike', headOf(usual).replace('POST', 'PATCH')],
  ['another path', headOf(usual).replace('/v1/chat/completions', '/v1/models')],
  ['a query', headOf(usual).replace('completions ', 'completions?x ')],
  ['a path twice prefixed', headOf(usual).replace('/v1/', '/v1/v1/')],
  ['HTTP/1.0', headOf(usual).replace('HTTP/1.1', 'HTTP/1.0')],
  ['two spaces in the request line', headOf(usual).replace('POST ', 'POST  ')],
  ['no host', headOf(usual.slice(1))],
  ['two hosts', headOf([...usual, 'host: other'])],
  ['no length', headOf(usual.slice(0, 2))],
  ['a length twice', headOf([...usual, 'content-length: 2'])],
  ['a signed length', headOf(['Host: e', 'Content-Length: +2'])],
  ['a list of lengths', headOf(['Host: e', 'Content-Length: 2, 2'])],
  ['a length in hex', headOf(['Host: e', 'Content-Length: 0x2'])],
  ['a length beyond the largest body', headOf(['Host: e', `Content-Length: ${plainBodyBytesMax + 1}`])],
  ['a body in chunks', headOf([...usual, 'Transfer-Encoding: chunked'])],
  ['a compressed body', headOf([...usual, 'Content-Encoding: gzip'])],
  ['a client that waits for 100', headOf([...usual, 'Expect: 100-continue'])],
  ['an upgrade', headOf([...usual, 'Upgrade: h2c'])],
  ['a connection with options', headOf([...usual, 'Connection: keep-alive, te'])],
  ['a tab in a value', headOf([...usual, 'X-A: \tb'])],
  ['a byte beyond ASCII', headOf([...usual, 'X-A: é'])],
  ['a NUL', headOf([...usual, 'X-A: a\0b'])],
  ['a bare CR', headOf([...usual, 'X-A: a\rb'])],
  ['a bare LF', headOf([...usual, 'X-A: a\nContent-Length: 9'])],
  ['a continued line', headOf([...usual, 'X-A: a', ' b'])],
  ['a space before the colon', headOf([...usual, 'X-A : a'])],
  ['a line without a colon', headOf([...usual, 'X-A'])],
  ['a name that every object has', headOf([...usual, 'constructor: x'])],
  ['a name with an underscore', headOf([...usual, 'Content_Length: 9'])],
  ['an empty name', headOf([...usual, ': x'])],
  ['a TLS hello', '\u0016\u0003\u0001'],
])('%s is for others', (_name, text) => {
  expect(read(text)).toBe('other');
});

/** A generator of numbers in [0, n) that can be repeated (mulberry32). */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const names = ['Host', 'host', 'Content-Length', 'content-length', 'Content-Type', 'Authorization', 'x-api-key', 'Accept', 'User-Agent', 'X-A', 'Connection', 'Transfer-Encoding', 'Keep-Alive', 'Cookie', 'Via', 'TE'];
const values = ['e', '2', '02', '0', '10', '2 ', ' 2', '', 'keep-alive', 'Keep-Alive', 'close', 'chunked', 'identity', 'a b', 'a:b', '"', ',', 'application/json', 'gzip', '\u007f', '\u00e9', 'a\tb'];
const pieces = ['\r\n', '\n', '\r', ' ', ':', '\0', '\t', '\r\n ', '\r\n\r\n', 'GET / HTTP/1.1\r\n', ';', '\u00ff'];

/** Mostly good, with something odd in about half of them. */
function makeInput(random: (n: number) => number): string {
  const lines = ['Host: e', `Content-Length: ${random(4) === 0 ? random(12) : 2}`];
  for (let i = random(5); i > 0; i--) lines.splice(random(lines.length + 1), 0, `${names[random(names.length)]}:${random(3) === 0 ? '' : ' '}${values[random(values.length)]}`);
  let text = headOf(lines, '{}'.repeat(random(4)));
  for (let i = random(2) * random(3); i > 0; i--) {
    const at = random(text.length);
    text = random(2) === 0 ? text.slice(0, at) + pieces[random(pieces.length)] + text.slice(at) : text.slice(0, at) + text.slice(at + 1);
  }
  return text;
}

/** What `node:http` makes of the bytes: its requests with their bodies. */
async function twin(bytes: Buffer): Promise<{ request: IncomingMessage; body: string }[]> {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => {
    const one = { request, body: '' };
    seen.push(one);
    request.on('data', (chunk: Buffer) => (one.body += chunk.toString('latin1')));
    response.end();
  });
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  server.on('clientError', () => socket.destroy());
  server.emit('connection', socket);
  socket.push(bytes);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  return seen;
}

test(`of ${inputs} heads, good and bad, none that is taken is understood otherwise by node:http`, async () => {
  const random = seeded(41);
  let taken = 0;
  for (let i = 0; i < inputs; i++) {
    const bytes = Buffer.from(makeInput(random), 'latin1');
    const head = parsePlainHead(bytes);
    if (typeof head === 'string' || head.bodyEnd > bytes.length) continue;
    taken++;
    const [first] = await twin(bytes.subarray(0, head.bodyEnd));
    const ours = { method: 'POST', url: head.endpoint.path, headers: { ...head.headers }, body: bytes.toString('latin1', head.bodyStart, head.bodyEnd) };
    const theirs = first && { method: first.request.method, url: first.request.url, headers: first.request.headers, body: first.body };
    // A message only where it matters: making one for each costs more than all else.
    if (JSON.stringify(sorted(theirs)) !== JSON.stringify(sorted(ours))) expect({ input: JSON.stringify(bytes.toString('latin1')), ...theirs }).toEqual(ours);
  }
  expect(taken).toBeGreaterThan(inputs / 10);
}, 600_000);

function sorted(one: { readonly headers: object } | undefined): unknown {
  return one && { ...one, headers: Object.entries(one.headers).toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}
