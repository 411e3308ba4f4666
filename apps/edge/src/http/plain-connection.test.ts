/** Connections that carry plain requests, at a door with real sockets: what is served here, what goes to `node:http`, and when. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { issue, makeAuthority } from '@tacet/certificates';
import { eventually } from '@tacet/testing';
import { BodyBudget } from './body-budget.ts';
import type { DoorTls } from './certificates.ts';
import type { ClientResponse } from './client-response.ts';
import { Door } from './door.ts';
import { EventWriter } from './event-writer.ts';
import { plainPartsMax, PlainConnection } from './plain-connection.ts';
import type { PlainRequest } from './plain-request.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).toReversed()) await end();
});

const budgetBytes = 100_000;

interface Running {
  readonly door: Door;
  readonly budget: BodyBudget;
  readonly plain: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Method, path and body of what `node:http` was given. */
  readonly other: string[];
}

const answerBody = (response: ClientResponse, body: string) => {
  response.writeHead(200, ['content-type', 'text/plain', 'content-length', String(body.length)]);
  response.end(body, 'latin1');
};

type Serve = (body: string, response: ClientResponse) => void;
const echo: Serve = (body, response) => answerBody(response, body);

/** A door that answers each body with itself, in brackets where it came through `node:http`. */
async function open(answer: Serve = echo, tls?: DoorTls): Promise<Running> {
  const budget = new BodyBudget(budgetBytes);
  const plain: Running['plain'] = [];
  const other: string[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      other.push(`${request.method} ${request.url} ${body}`);
      answerBody(response, `[${body}]`);
    });
  };
  const serve = (_endpoint: unknown, request: PlainRequest, response: ClientResponse) => {
    const body = request.takeBody().toString('latin1');
    plain.push({ headers: request.headers, body });
    answer(body, response);
  };
  const door = new Door({ bodyMs: 2_000, connectionsMax: 10, tls, handle, plain: { budget, serve } });
  await door.listen('127.0.0.1', 0);
  cleanUp.push(() => {
    door.closeNow();
    return door.close();
  });
  return { door, budget, plain, other };
}

interface Client {
  readonly socket: Socket;
  /** All that was received, and not taken yet. */
  received: string;
  /** Waits for that text and takes all up to its end. */
  until(text: string): Promise<string>;
}

function join(door: Door, allowHalfOpen = false): Client {
  const socket = connect({ port: door.port, host: '127.0.0.1', allowHalfOpen });
  cleanUp.push(() => socket.destroy());
  socket.on('error', () => undefined);
  const client: Client = {
    socket,
    received: '',
    until: async (text) => {
      await eventually(`${JSON.stringify(text)} in what was received`, () => client.received.includes(text));
      const end = client.received.indexOf(text) + text.length;
      const taken = client.received.slice(0, end);
      client.received = client.received.slice(end);
      return taken;
    },
  };
  socket.on('data', (chunk: Buffer) => (client.received += chunk.toString('latin1')));
  return client;
}

/** A connection of no door, on a socket to one that says nothing. */
function make(door: Door) {
  const socket = connect(door.port, '127.0.0.1');
  cleanUp.push(() => socket.destroy());
  const gone: PlainConnection[] = [];
  const given: Buffer[] = [];
  const responses: ClientResponse[] = [];
  const budget = new BodyBudget(budgetBytes);
  const connection = new PlainConnection({
    socket, budget, keepAliveMs: 90_000,
    serve: (_endpoint, _request, response) => void responses.push(response),
    giveAway: (_socket, bytes) => void given.push(bytes),
    isLeaving: () => false,
    onGone: (one) => void gone.push(one),
  });
  return { connection, socket, budget, gone, given, responses };
}

function post(body: string, ...headers: string[]): string {
  return [`POST /v1/chat/completions HTTP/1.1`, 'Host: e', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');
}

test('plain requests are answered one after the other without node:http, with the headers that it sends', async () => {
  const { door, plain, other } = await open();
  const client = join(door);
  client.socket.write(post('one'));
  const first = await client.until('\r\n\r\none');
  client.socket.write(post('two', 'x-api-key: k'));
  await client.until('\r\n\r\ntwo');
  expect(plain.map(({ body, headers }) => [body, headers['x-api-key']])).toEqual([['one', undefined], ['two', 'k']]);
  client.socket.write(post('three', 'Accept: \t'));
  const third = await client.until('[three]');
  expect(other).toEqual(['POST /v1/chat/completions three']);
  const shape = (answer: string) => answer.slice(0, answer.indexOf('\r\n\r\n')).replace(/Date: .*/, 'Date').replace(/content-length: \d+/, 'length').split('\r\n').toSorted();
  expect(shape(first)).toEqual(shape(third));
  expect(first).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
});

test('over TLS it is the same, and a certificate that was renewed is the next connection’s', async () => {
  const authority = await makeAuthority();
  const makeCertificate = async () => {
    const { certificate: cert, key } = await issue(authority, { identity: 'edge', dnsNames: ['localhost'] });
    return { cert, key };
  };
  const { door, plain, other } = await open(undefined, await makeCertificate());
  const talk = async (text: string, end: string) => {
    const socket = connectTls({ port: door.port, host: '127.0.0.1', servername: 'localhost', ca: authority.certificate.toString('pem') });
    cleanUp.push(() => socket.destroy());
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.write(text);
    await eventually(end, () => received.includes(end));
    return socket.getPeerCertificate().serialNumber;
  };
  const first = await talk(post('one'), '\r\n\r\none');
  await talk(post('two', 'Accept: \t'), '[two]');
  door.renew(await makeCertificate());
  expect(await talk(post('three'), '\r\n\r\nthree')).not.toBe(first);
  expect([plain.length, other]).toEqual([2, ['POST /v1/chat/completions two']]);
});

test('what is not plain goes to node:http with its first byte, and the connection stays there', async () => {
  const { door, plain, other } = await open();
  const client = join(door);
  client.socket.write('GET /v1/models HTTP/1.1\r\nHost: e\r\n\r\n');
  await client.until('[]');
  client.socket.write(post('a'));
  await client.until('[a]');
  client.socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n');
  await client.until('[x]');
  expect([plain.length, other]).toEqual([0, ['GET /v1/models ', 'POST /v1/chat/completions a', 'POST /v1/chat/completions x']]);
});

test('two requests at once, and one behind a running one, are answered in order and once each', async () => {
  const waiting: (() => void)[] = [];
  const { door, plain, other } = await open((body, response) => void waiting.push(() => answerBody(response, body)));
  const pair = join(door);
  pair.socket.write(post('a') + post('b'));
  await pair.until('[b]');
  expect([plain.length, other.length]).toEqual([0, 2]);
  const client = join(door);
  client.socket.write(post('one'));
  await eventually('waiting has so many', () => waiting.length === 1);
  client.socket.write(post('two'));
  client.socket.write(post('three'));
  // A round trip by another connection: what was written before it has come.
  pair.socket.write(post('c'));
  await pair.until('[c]');
  waiting[0]?.();
  expect(await client.until('[three]')).toMatch(/one[^]*\[two\][^]*\[three\]/);
  expect(plain).toHaveLength(1);
});

test('a request in parts is put together; one in many parts, or whose rest takes long, is left to node:http; none keeps room in the budget', async () => {
  const { door, plain, other, budget } = await open();
  const slow = make(door);
  slow.socket.emit('data', Buffer.from(post('slow').slice(0, 30)));
  slow.socket.emit('data', Buffer.from(post('slow').slice(30, -2)));
  expect(slow.budget.bytes).toBe(post('slow').length - 2);
  await eventually('it is given away', () => slow.given.length > 0);
  expect([slow.given.join('|'), slow.gone.length, slow.budget.bytes]).toEqual([post('slow').slice(0, -2), 1, 0]);
  const client = join(door);
  client.socket.write(post('slow').slice(0, -2));
  // Until that has been left to node:http, or not: it is answered once.
  await eventually('its room is given back', () => budget.bytes === 0);
  client.socket.write(post('slow').slice(-2));
  await client.until('slow');
  const bytewise = join(door);
  bytewise.socket.setNoDelay(true);
  const text = post('x'.repeat(plainPartsMax));
  for (const byte of text) {
    bytewise.socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await bytewise.until(']');
  expect(other.at(-1)).toBe(`POST /v1/chat/completions ${'x'.repeat(plainPartsMax)}`);
  // How the system delivers two parts is its own affair: whole, or in time, or not, it is answered once.
  const halves = join(door);
  halves.socket.write(post('halves').slice(0, 20));
  halves.socket.write(post('halves').slice(20));
  await halves.until('halves');
  expect(plain.length + other.length).toBe(3);
  expect(budget.bytes).toBe(0);
});

test('parts that would go beyond the budget are left to node:http', async () => {
  const { door, plain, budget, other } = await open();
  expect(budget.take(budgetBytes)).toBe(true);
  const client = join(door);
  client.socket.write(post('full').slice(0, -1));
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.write(post('full').slice(-1));
  await client.until('full');
  expect(plain.length + other.length).toBe(1);
  expect(budget.bytes).toBe(budgetBytes);
});

test('an event stream is framed as node:http does it, and the connection carries the next request', async () => {
  const { door } = await open((body, response) => {
    if (body === 'plain') return answerBody(response, 'plain');
    const writer = new EventWriter(response, () => ['content-type', 'text/event-stream'], 'data');
    writer.writeEvents([Buffer.from('{"a":1}')]);
    writer.writeKeepAlive(': keepalive\n');
    writer.end('data: [DONE]\n\n');
  });
  const client = join(door);
  client.socket.write(post('stream'));
  const answer = await client.until('0\r\n\r\n');
  expect(answer).toContain('Transfer-Encoding: chunked\r\n');
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('f\r\ndata: {"a":1}\n\n\r\nc\r\n: keepalive\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n');
  client.socket.write(post('plain'));
  await client.until('\r\n\r\nplain');
});

test('that a client has left, or has said its last word, is told once while a request runs, and never after it has ended', async () => {
  const seen: string[] = [];
  const responses: ClientResponse[] = [];
  const { door } = await open((body, response) => {
    responses.push(response);
    response.on('close', () => void seen.push(body));
    if (body === 'answered') answerBody(response, 'x');
  });
  for (const body of ['reset', 'ended', 'answered']) {
    const client = join(door, true);
    client.socket.write(post(body));
    if (body === 'answered') await client.until('\r\n\r\nx');
    else await eventually('a request runs', () => responses.length > seen.length);
    if (body === 'ended') client.socket.end();
    else client.socket.resetAndDestroy();
    await eventually('the connection is gone', () => responses.at(-1)?.destroyed);
  }
  expect(seen).toEqual(['reset', 'ended']);
  expect(responses.map(({ closed }) => closed)).toEqual([true, true, true]);
});

test('an answer after the client has left goes nowhere and breaks nothing', async () => {
  const responses: ClientResponse[] = [];
  const { door } = await open((_body, response) => void responses.push(response));
  const client = join(door);
  client.socket.write(post('x'));
  await eventually('responses has so many', () => responses.length === 1);
  client.socket.destroy();
  await eventually('the response is closed', () => responses[0]?.closed);
  const [response] = responses;
  if (response) answerBody(response, 'late');
  const next = join(door);
  next.socket.write(post('y'));
  await eventually('responses has so many', () => responses.length === 2);
});

test('a client that asks to close is answered and closed, with all that it was answered', async () => {
  const { door, plain } = await open();
  const client = join(door);
  client.socket.write(post('x'.repeat(50_000), 'Connection: close'));
  await eventually('it is closed', () => client.socket.destroyed);
  expect(client.received).toMatch(/\r\nConnection: close\r\n\r\nx{50000}$/);
  expect(plain).toHaveLength(1);
});

test('a time set for reading an answer closes the connection only while there is something to read', async () => {
  const sockets: Socket[] = [];
  const { door } = await open((body, response) => {
    answerBody(response, 'x'.repeat(body === 'large' ? 20_000_000 : 1));
    if (response.socket) sockets.push(response.socket.setTimeout(50));
  });
  const idle = join(door);
  idle.socket.write(post('small'));
  await idle.until('\r\n\r\nx');
  await eventually('the time is over', () => sockets[0]?.timeout === 0);
  idle.socket.write(post('small'));
  await idle.until('\r\n\r\nx');
  const deaf = join(door);
  deaf.socket.pause();
  deaf.socket.write(post('large'));
  await eventually('it is closed', () => sockets[2]?.destroyed);
});

test('a door that leaves says so and closes after the answer; one that closes ends idle connections and waits for busy ones', async () => {
  const waiting: (() => void)[] = [];
  const { door } = await open((body, response) => {
    if (body === 'wait') waiting.push(() => answerBody(response, 'waited'));
    else answerBody(response, 'x');
  });
  const idle = join(door);
  idle.socket.write(post('go'));
  expect(await idle.until('\r\n\r\nx')).toContain('Connection: keep-alive');
  const busy = join(door);
  busy.socket.write(post('wait'));
  await eventually('waiting has so many', () => waiting.length === 1);
  const leaving = join(door);
  leaving.socket.write(post('go'));
  await leaving.until('\r\n\r\nx');
  door.leave();
  leaving.socket.write(post('go'));
  expect(await leaving.until('\r\n\r\nx')).toContain('Connection: close');
  await eventually('the socket closes', () => leaving.socket.destroyed);
  const closed = door.close();
  await eventually('the socket closes', () => idle.socket.destroyed);
  expect(busy.socket.destroyed).toBe(false);
  waiting[0]?.();
  expect(await busy.until('waited')).toContain('Connection: close');
  await closed;
});

test('a door that closes lets a client read the answer that it has been given', async () => {
  const { door, plain } = await open((_body, response) => answerBody(response, 'x'.repeat(20_000_000)));
  const client = join(door);
  client.socket.pause();
  client.socket.write(post('large'));
  await eventually('it is answered', () => plain.length === 1);
  door.leave();
  const closed = door.close();
  client.socket.resume();
  await eventually('it is closed', () => client.socket.destroyed);
  expect(client.received).toHaveLength(client.received.indexOf('\r\n\r\n') + 4 + 20_000_000);
  await closed;
});

test('an idle connection is closed after so many sweeps, sooner where it never asked anything; a busy one is not', async () => {
  const { door } = await open();
  const silent = make(door);
  for (let i = 0; i < 2; i++) silent.connection.sweep(3, 2);
  expect(silent.socket.destroyed).toBe(false);
  silent.connection.sweep(3, 2);
  await eventually('it is closed', () => silent.socket.destroyed);
  await eventually('told gone', () => silent.gone.length === 1);
  const served = make(door);
  served.socket.emit('data', Buffer.from(post('x')));
  for (let i = 0; i < 9; i++) served.connection.sweep(3, 2);
  expect(served.socket.destroyed).toBe(false);
  const [response] = served.responses;
  if (response) answerBody(response, 'y');
  for (let i = 0; i < 3; i++) served.connection.sweep(3, 2);
  expect(served.socket.destroyed).toBe(false);
  served.connection.sweep(3, 2);
  await eventually('it is closed', () => served.socket.destroyed);
});
