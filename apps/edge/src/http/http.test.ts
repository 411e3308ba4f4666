/** The pieces of HTTP that are done by hand, against raw sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { errorCatalogue, TacetError, type ErrorCode } from '@tacet/errors';
import { readRefusal } from '../worker-error.ts';
import { endpoints } from '../endpoints.ts';
import { BodyBudget } from './body-budget.ts';
import { errorBody, retryHeaders } from './error-envelope.ts';
import { EventWriter } from './event-writer.ts';
import { routePath } from './path.ts';
import { PlainRequest, type ClientRequest } from './plain-request.ts';
import { readBody } from './read-body.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0)) end();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** All that comes until the connection closes. */
async function talk(port: number, ...requests: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  for (const request of requests) socket.write(request);
  await once(socket, 'close');
  return received;
}

const writeTwo = (_request: IncomingMessage, response: ServerResponse) => {
  const writer = new EventWriter(response, () => ['content-type', 'text/event-stream'], 'data');
  writer.writeEvents([Buffer.from('{"a":"é"}'), Buffer.from('{"b":2}')]);
  writer.writeKeepAlive(': keepalive\n');
  writer.writeEvents([Buffer.from('{"c":3}')]);
  writer.end('data: [DONE]\n\n');
};
const events = 'data: {"a":"é"}\n\ndata: {"b":2}\n\n: keepalive\ndata: {"c":3}\n\ndata: [DONE]\n\n';

/** The content of a chunked body; throws when the framing is wrong. */
function unchunk(body: string): string {
  let content = '';
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    if (!/^[0-9a-f]+$/.test(body.slice(at, lineEnd))) throw new Error(`no chunk size at ${at}`);
    if (size === 0) return content;
    content += body.slice(lineEnd + 2, lineEnd + 2 + size);
    if (body.slice(lineEnd + 2 + size, lineEnd + 4 + size) !== '\r\n') throw new Error('no end of a chunk');
    at = lineEnd + 4 + size;
  }
}

test('events written by hand are a well-framed chunked body, and the connection carries the next request', async () => {
  const port = await serve(writeTwo);
  const received = await talk(port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const answers = received.split('HTTP/1.1 200 OK').slice(1);
  expect(answers).toHaveLength(2);
  for (const answer of answers) {
    expect(answer).toContain('Transfer-Encoding: chunked');
    expect(Buffer.from(unchunk(answer.slice(answer.indexOf('\r\n\r\n') + 4)), 'latin1').toString()).toBe(events);
  }
});

test('a client of HTTP/1.0 gets the same events without chunks', async () => {
  const port = await serve(writeTwo);
  const received = await talk(port, 'GET / HTTP/1.0\r\n\r\n');
  expect(received).not.toContain('chunked');
  expect(Buffer.from(received.slice(received.indexOf('\r\n\r\n') + 4), 'latin1').toString()).toBe(events);
});

test('every error has the one body that SDKs understand, and no code lacks a status', () => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const body = JSON.parse(errorBody(new TacetError(code, { param: 'model', metadata: { hint: 'x' } }), 'openai')) as Record<string, unknown>;
    expect(body).toEqual({
      error: { message: expect.any(String), type: expect.stringMatching(/^[a-z_]+$/), param: 'model', code, doc_url: expect.any(String), metadata: { hint: 'x' } },
      type: expect.any(String), title: expect.any(String), status: expect.any(Number), detail: expect.any(String),
    });
  }
});

test('every error has the body that Anthropic’s SDKs understand, where that is what they speak', () => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const body = JSON.parse(errorBody(new TacetError(code), 'anthropic', 'id')) as Record<string, unknown>;
    expect(body).toEqual({ type: 'error', error: { type: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String), code }, request_id: 'id' });
  }
  expect(JSON.parse(errorBody(new TacetError('rate_limited'), 'anthropic'))).toMatchObject({ error: { type: 'rate_limit_error' }, request_id: null });
});

test('waiting is told in seconds and milliseconds, rounded up', () => {
  expect(retryHeaders(new TacetError('rate_limited', { retryAfterMs: 1_200.4 }))).toEqual(['x-should-retry', 'true', 'retry-after', '2', 'retry-after-ms', '1201']);
  expect(retryHeaders(new TacetError('insufficient_balance'))).toEqual(['x-should-retry', 'false']);
});

test.each([
  ['/v1/models', '/v1/models'],
  ['/models?x=1', '/v1/models'],
  ['/v1/v1/v1/models', '/v1/models'],
  ['/', '/v1/'],
  ['/v10/models', '/v1/v10/models'],
])('%s is the route %s', (url, path) => {
  expect(routePath(url)).toBe(path);
});

test.each<[status: number, body: string, code: string, mayRetry: boolean]>([
  [400, '{"error":{"message":"canary","param":"messages"}}', 'bad_request', false],
  [400, '{"object":"error","message":"This model\'s maximum context length is 4096 tokens. However, you requested canary"}', 'field_invalid', false],
  [401, 'canary', 'worker_failed', false],
  [413, '', 'body_too_large', false],
  [429, '', 'queue_full', true],
  [500, '{"error":{"message":"canary"}}', 'worker_failed', false],
  [503, '<html>canary', 'worker_failed', true],
])('a worker’s %d %s is told as %s', (status, body, code, mayRetry) => {
  const refusal = readRefusal(status, Buffer.from(body), '7', endpoints.chat_completions);
  expect(refusal).toMatchObject({ error: { code }, mayRetry });
  expect(errorBody(refusal.error, 'openai')).not.toContain('canary');
});

test('bodies in flight have a budget, whether their length is told or not, and give it back', async () => {
  const budget = new BodyBudget(1_000);
  const results: string[] = [];
  const held: (() => void)[] = [];
  const port = await serve((request, response) => {
    const read = async () => {
      const body = await readBody(request, { budget, bytesMax: 800 });
      results.push(`read ${body.bytes.length}`);
      held.push(() => body.release());
    };
    void read().catch((error: TacetError) => results.push(error.code)).finally(() => response.end());
  });
  const told = (bytes: number) => talk(port, `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
  const untold = (bytes: number) => talk(port, `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\n\r\n`);
  await told(600);
  await told(600);
  await untold(600);
  await untold(300);
  expect(results).toEqual(['read 600', 'overloaded', 'overloaded', 'read 300']);
  for (const release of held.splice(0)) release();
  expect(budget.bytes).toBe(0);
  await untold(801);
  expect([results.at(-1), budget.bytes]).toEqual(['body_too_large', 0]);
});

test.each([[1], [7, 9], [100_000], [1, 99_999], [3_000, 3_000, 90_000, 4_000], Array.from({ length: 50 }, (_, i) => i * 97 + 1)].map((parts) => [parts]))('a body that comes in parts of %j bytes is put together as it was, whether its length is told or not', async (parts) => {
  const sent = parts.map((length, i) => Buffer.alloc(length, i + 1));
  const whole = Buffer.concat(sent);
  const got: Buffer[] = [];
  const budget = new BodyBudget(1_000_000);
  const port = await serve((request, response) => {
    void readBody(request, { budget, bytesMax: 200_000 }).then((body) => {
      got.push(body.bytes);
      body.release();
      return response.end();
    });
  });
  for (const isTold of [true, false]) {
    const socket = connect(port, '127.0.0.1').resume();
    socket.setNoDelay(true);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${isTold ? `content-length: ${whole.length}` : 'transfer-encoding: chunked'}\r\n\r\n`);
    for (const part of sent) {
      socket.write(isTold ? part : Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
      // Parts come one by one.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!isTold) socket.write('0\r\n\r\n');
    await once(socket, 'close');
  }
  expect(got.map((bytes) => bytes.equals(whole))).toEqual([true, true]);
  expect(budget.bytes).toBe(0);
});

test('a body that is told and does not come takes no room from others, and one that does not fit any more is given up', async () => {
  const budget = new BodyBudget(1_000);
  const results: string[] = [];
  const port = await serve((request, response) => {
    readBody(request, { budget, bytesMax: 800 }).then(
      ({ bytes }) => results.push(`read ${bytes.length}`),
      (error: TacetError) => results.push(error.code),
    ).finally(() => response.end());
  });
  const slow = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
  for (const socket of slow) socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 800\r\n\r\nxx');
  await eventually('all are being read', () => budget.bytes === 20);
  await talk(port, `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 700\r\n\r\n${'x'.repeat(700)}`);
  expect(results).toEqual(['read 700']);
  // What was read is held by its request: of what the others send now, only that of some fits.
  for (const socket of slow) socket.write('x'.repeat(798));
  await eventually('all have ended', () => results.length === 11);
  expect(results.filter((result) => result === 'overloaded').length).toBeGreaterThanOrEqual(9);
  for (const socket of slow) socket.destroy();
});

test('a client that leaves in the middle of its body gives the budget back', async () => {
  const budget = new BodyBudget(1_000);
  let settle: (outcome: string) => void;
  const settled = new Promise<string>((resolve) => (settle = resolve));
  const port = await serve((request) => {
    readBody(request, { budget, bytesMax: 800 }).then(
      () => settle('read'),
      (error: TacetError) => settle(error.code),
    );
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 700\r\n\r\nxxx');
  await eventually('the body is being read', () => budget.bytes > 0);
  socket.destroy();
  const outcome = await settled;
  expect([outcome, budget.bytes]).toEqual(['client_closed', 0]);
});

test('a client that left before its body is read is not waited for', async () => {
  const budget = new BodyBudget(1_000);
  let settle: (outcome: string) => void;
  const settled = new Promise<string>((resolve) => (settle = resolve));
  const port = await serve((request) => {
    // As while a key is looked up.
    request.once('close', () => {
      readBody(request, { budget, bytesMax: 800 }).then(
        () => settle('read'),
        (error: TacetError) => settle(error.code),
      );
    });
    socket.destroy();
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 700\r\n\r\nxxx');
  expect([await settled, budget.bytes]).toEqual(['client_closed', 0]);
});

test('the body of a plain request is handed over, kept nowhere else, and counts until it is released', () => {
  const budget = new BodyBudget(10);
  const request = new PlainRequest({}, Buffer.from('12345678'));
  expect(() => readBody(new PlainRequest({}, Buffer.alloc(9)), { budget, bytesMax: 8 })).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  const body = readBody(request as ClientRequest, { budget, bytesMax: 8 });
  if (body instanceof Promise) throw new Error('it is there already');
  expect([body.bytes.toString(), budget.bytes]).toEqual(['12345678', 8]);
  expect(() => request.takeBody()).toThrow('taken already');
  expect(() => readBody(new PlainRequest({}, Buffer.alloc(3)), { budget, bytesMax: 8 })).toThrow(expect.objectContaining({ code: 'overloaded' }));
  body.release();
  expect(budget.bytes).toBe(0);
});
