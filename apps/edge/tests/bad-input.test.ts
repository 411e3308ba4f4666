/**
 * Hostile bytes against the running edge, over raw sockets: each gets a typed 4xx or a closed connection, nothing of it
 * reaches a worker as a request of its own, memory stays bounded, and other clients go on.
 */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, chatBody, errorOf, post, RawClient } from './chat-client.ts';
import { residentBytesOf } from './edge-process.ts';

const mebibyte = 1024 * 1024;
const bodyBytesMax = 20 * mebibyte;
/** What the edge may hold of all that is thrown at it here, on top of what it is. */
const memoryGrowthMax = 400 * mebibyte;

let constellation: Constellation;
let account: TestAccount;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', sessionMs: 60_000, settings: { edge: { TACET_EDGE_BODY_MS: '2000', TACET_EDGE_BODY_BYTES_TOTAL_MAX: String(128 * mebibyte) } } });
  account = await constellation.createAccount();
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

/** Sends bytes and returns all that comes until the edge closes the connection. */
async function talk(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  let received = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => (isClosed = true));
  socket.write(bytes);
  await eventually('the edge closes the connection', () => isClosed, 20_000);
  return received;
}

const head = (...lines: string[]) => ['POST /v1/chat/completions HTTP/1.1', 'host: edge', `authorization: Bearer ${account.apiKey}`, 'content-type: application/json', ...lines, '', ''].join('\r\n');
const inner = () => `POST /v1/chat/completions HTTP/1.1\r\nhost: edge\r\nauthorization: Bearer ${account.apiKey}\r\ncontent-length: 2\r\n\r\n{}`;
const good = () => JSON.stringify(chatBody({ demo: { tokens: 1 } }));

const served = async () => (await constellation.workers[0]!.receipts()).receipts.length;

async function expectToServe(): Promise<void> {
  const response = await chat(edge, account.apiKey, { demo: { tokens: 1 } });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"usage"')]);
}

const residentBytes = () => residentBytesOf(constellation);

test.each<[name: string, bytes: () => string]>([
  ['both lengths', () => head(`content-length: ${good().length}`, 'transfer-encoding: chunked') + `0\r\n\r\n${inner()}`],
  ['both lengths, the other way round', () => head('transfer-encoding: chunked', 'content-length: 4') + `0\r\n\r\n${inner()}`],
  ['two lengths', () => head('content-length: 2', `content-length: ${inner().length}`) + `{}${inner()}`],
  ['a list of lengths', () => head('content-length: 2, 2') + `{}${inner()}`],
  ['a signed length', () => head('content-length: +2') + `{}${inner()}`],
  ['a chunk size that is no number', () => head('transfer-encoding: chunked') + `zz\r\n{}\r\n0\r\n\r\n${inner()}`],
  ['a negative chunk size', () => head('transfer-encoding: chunked') + `-2\r\n{}\r\n0\r\n\r\n${inner()}`],
  ['a chunk size beyond all numbers', () => head('transfer-encoding: chunked') + `ffffffffffffffffff2\r\n{}\r\n0\r\n\r\n${inner()}`],
  ['a chunk that is longer than its size', () => head('transfer-encoding: chunked') + `2\r\n{}{}\r\n0\r\n\r\n${inner()}`],
  ['a coding that is not chunked', () => head('transfer-encoding: xchunked') + `0\r\n\r\n${inner()}`],
  ['a coding after chunked', () => head('transfer-encoding: chunked, identity') + `0\r\n\r\n${inner()}`],
  ['chunked twice', () => head('transfer-encoding: chunked', 'transfer-encoding: chunked, gzip') + `0\r\n\r\n${inner()}`],
  ['a folded header', () => head('x-folded: a', ' transfer-encoding: chunked', 'content-length: 2') + `{}`],
  ['a space before the colon', () => head('content-length : 2') + `{}${inner()}`],
  ['a bare CR in a header', () => head('x-bare: a\rcontent-length: 0', 'content-length: 2') + '{}'],
  ['a NUL in a header', () => head('x-nul: a\u0000b', 'content-length: 2') + '{}'],
  ['bare line feeds', () => `POST /v1/chat/completions HTTP/1.1\nhost: edge\nauthorization: Bearer ${account.apiKey}\ncontent-length: 2\n\n{}`],
  ['no host', () => `POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer ${account.apiKey}\r\ncontent-length: 2\r\n\r\n{}`],
  ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
])('%s: refused, the connection closed, and no second request seen in it', async (_name, bytes) => {
  const before = await served();
  const received = await talk(Buffer.from(bytes(), 'latin1'));
  expect(received.match(/HTTP\/1\.1 \d+/g) ?? []).toHaveLength(received === '' ? 0 : 1);
  if (received !== '') expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(await served()).toBe(before);
  await expectToServe();
});

test('a flood of headers is 431, in the envelope', async () => {
  const flood = Array.from({ length: 5_000 }, (_, i) => `x-${i}: 1`);
  const received = await talk(head(...flood));
  expect(received).toMatch(/^HTTP\/1\.1 431 /);
  expect(received).toContain('"code":"headers_too_large"');
});

test('two hundred clients that send a byte now and then, of headers or of the largest bodies, are closed, and nobody waits for them or is refused', async () => {
  const slow = Array.from({ length: 200 }, (_, i) => {
    const client = new RawClient(edge);
    client.socket.write(i % 2 === 0 ? 'POST /v1/chat/completions HTTP/1.1\r\nhost: e' : `${head(`content-length: ${bodyBytesMax}`)}{"model":`);
    const drip = setInterval(() => client.socket.writable && client.socket.write('x'), 300);
    client.socket.on('close', () => clearInterval(drip));
    return client;
  });
  for (let i = 0; i < 20; i++) await expectToServe();
  await eventually('all slow clients are closed', () => slow.every(({ isClosed }) => isClosed), 30_000);
  const answers = slow.map(({ received }) => received).filter((received) => received !== '');
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
}, 60_000);

test('a body of one byte over 20 MiB is 413, told or not told, never 404, and one of 20 MiB is served', async () => {
  const padding = (bytes: number) => JSON.stringify(chatBody({ messages: [{ role: 'user', content: 'x' }], pad: 'x'.repeat(bytes) }));
  const over = padding(bodyBytesMax + 1 - padding(0).length);
  expect(over.length).toBe(bodyBytesMax + 1);
  const told = await post(edge, account.apiKey, over);
  expect([told.status, (await errorOf(told)).code]).toEqual([413, 'body_too_large']);
  const untold = await fetch(`${edge}/v1/chat/completions`, { method: 'POST', headers: { 'x-api-key': account.apiKey }, body: new Blob([over]).stream(), duplex: 'half' });
  expect(untold.status).toBe(413);
  const largest = await post(edge, account.apiKey, padding(bodyBytesMax - padding(0).length));
  expect([largest.status, await largest.text()]).toEqual([200, expect.stringContaining('"usage"')]);
}, 60_000);

test('gzip bombs are 413 and cost no more memory than bodies may', async () => {
  const before = residentBytes();
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(512 * mebibyte)));
  const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await post(edge, account.apiKey, bomb, { 'content-encoding': 'gzip' })).status));
  expect(statuses.every((status) => status === 413 || status === 503)).toBe(true);
  expect(residentBytes() - before).toBeLessThan(memoryGrowthMax);
  await expectToServe();
}, 60_000);

const deep = 100_000;
test.each<[name: string, body: () => string | Buffer, code: string, param: string | null]>([
  ['JSON of a hundred thousand levels', () => `{"model":"demo-model","messages":${'['.repeat(deep)}${']'.repeat(deep)}}`, 'invalid_json', null],
  ['objects of a hundred thousand levels', () => `{"model":"demo-model","messages":[{}],"x":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}`, 'invalid_json', null],
  ['a hundred thousand fields', () => `{${Array.from({ length: deep }, (_, i) => `"f${i}":0`).join(',')}}`, 'invalid_json', null],
  ['bytes that are no UTF-8', () => Buffer.from('{"model":"demo-model","messages":[{"content":"\xff\xfe"}]}', 'latin1'), 'invalid_json', null],
  ['an overlong encoding', () => Buffer.from('{"model":"demo-model","messages":[{"content":"\xc0\xaf"}]}', 'latin1'), 'invalid_json', null],
  ['a surrogate in UTF-8', () => Buffer.from('{"model":"demo-model","messages":[{"content":"\xed\xa0\x80"}]}', 'latin1'), 'invalid_json', null],
  ['a byte order mark', () => `\ufeff${good()}`, 'invalid_json', null],
  ['a NUL', () => '{"model":"demo-model\u0000","messages":[{}]}', 'invalid_json', null],
  ['two bodies', () => good() + good(), 'invalid_json', null],
  ['a billion choices', () => JSON.stringify(chatBody({ n: 1e9 })), 'field_invalid', 'n'],
  ['a limit of -1', () => JSON.stringify(chatBody({ max_tokens: -1 })), 'field_invalid', 'max_tokens'],
  ['a limit beyond 2^53', () => '{"model":"demo-model","messages":[{}],"max_tokens":9007199254740993}', 'field_invalid', 'max_tokens'],
  ['a limit of 1e400', () => '{"model":"demo-model","messages":[{}],"max_tokens":1e400}', 'field_invalid', 'max_tokens'],
  ['a limit of a thousand digits', () => `{"model":"demo-model","messages":[{}],"max_tokens":${'1'.repeat(1_000)}}`, 'field_invalid', 'max_tokens'],
  ['a model that is only a prototype', () => '{"model":"__proto__","messages":[{}]}', 'model_unknown', 'model'],
  ['user twice', () => '{"model":"demo-model","messages":[{}],"user":"a","user":"b"}', 'ambiguous_field', 'user'],
  ['an escaped user', () => '{"model":"demo-model","messages":[{}],"\\u0075ser":"a"}', 'ambiguous_field', 'user'],
  ['an escaped cache salt', () => '{"model":"demo-model","messages":[{}],"cache\\u005fsalt":"a"}', 'ambiguous_field', 'cache_salt'],
  ['a cache salt with the Kelvin sign’s cousin', () => '{"model":"demo-model","messages":[{}],"cache_\u017falt":"a"}', 'ambiguous_field', 'cache_salt'],
])('%s is refused, told by name, and never read twice', async (_name, body, code, param) => {
  const bytes = new Uint8Array(Buffer.from(body()));
  const response = await post(edge, account.apiKey, bytes);
  expect([response.status, await errorOf(response)]).toEqual([code === 'model_unknown' ? 404 : 400, expect.objectContaining({ code, param })]);
});

test('what is legal, though odd, passes byte for byte', async () => {
  const odd = '"odd":["\\ud800","\\u0000",9007199254740993,1E400,-0,"\\/"]';
  const response = await post(edge, account.apiKey, `{"model":"demo-model",${odd},"messages":[{"role":"user","content":"hi"}],"demo":{"tokens":1}}`);
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"usage"')]);
  const seen = (await constellation.workers[0]!.requests()).at(-1)!;
  expect(seen.body).toContain(odd);
});

test('headers that would change the connection or say who the client is do not arrive', async () => {
  const bytes = head('connection: close, x-hop', 'x-hop: 1', 'te: trailers', 'x-forwarded-for: 1.2.3.4', 'via: 1.1 x', 'x-foreign: 1', 'keep-alive: timeout=5', `content-length: ${good().length}`) + good();
  expect(await talk(bytes)).toMatch(/^HTTP\/1\.1 200 /);
  const seen = JSON.stringify((await constellation.workers[0]!.requests()).at(-1)!.headers).toLowerCase();
  for (const name of ['x-hop', '"te"', 'x-forwarded-for', '"via"', 'x-foreign', 'keep-alive: timeout']) expect(seen).not.toContain(name);
});

test('random bytes end no process and hold no connection', async () => {
  let state = 7;
  const random = (below: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % below;
  for (let round = 0; round < 10; round++) {
    const clients = Array.from({ length: 20 }, () => {
      const client = new RawClient(edge);
      const request = Buffer.from(head(`content-length: ${good().length}`) + good(), 'latin1');
      for (let i = 0; i < 5; i++) request[random(request.length)] = random(256);
      client.socket.end(request);
      return client;
    });
    await eventually('all are closed', () => clients.every(({ isClosed }) => isClosed), 20_000);
    for (const { received } of clients) expect(received).toMatch(/^(HTTP\/1\.1 (200|4\d\d) |$)/);
  }
  await expectToServe();
}, 60_000);
