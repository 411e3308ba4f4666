/**
 * What an edge may hold of what clients do to it. Method: the resident memory of its process before and while something is
 * done to it that would need a multiple of the limit if anything were kept of it. Node collects late: `slackBytes` is what
 * garbage may take.
 */
import { hash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, chatBody, post } from './chat-client.ts';
import { metricOf, residentBytesOf } from './edge-process.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const slackBytes = 200 * mebibyte;
const bodyBytesTotalMax = 128 * mebibyte;
/** Its worker speaks chat completions alone: messages are translated. */
const chatOnly = 'chat-only';

let constellation: Constellation;
let account: TestAccount;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    sessionMs: 60_000,
    models: [{ id: 'demo-model' }, { id: chatOnly }],
    worker: [{ models: ['demo-model'] }, { models: [chatOnly], kind: 'local', engine: 'llamacpp' }],
    settings: { edge: { TACET_EDGE_BODY_BYTES_TOTAL_MAX: String(bodyBytesTotalMax) } },
  });
  account = await constellation.createAccount({ creditUsd: '50' });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

const residentBytes = () => residentBytesOf(constellation);
const metric = (name: string) => metricOf(constellation, name);
const untilNothingIsLeft = () => eventually('nothing runs, and no body is kept', async () => (await metric('running_requests')) === 0 && (await metric('body_bytes')) === 0, 30_000);

/** A connection on which bytes were sent and from which nothing is read. */
function unread(bytes: string): Socket {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(bytes);
  return socket;
}

const head = (...lines: string[]) => ['POST /v1/chat/completions HTTP/1.1', 'host: edge', `x-api-key: ${account.apiKey}`, 'content-type: application/json', ...lines].join('\r\n');

test('a client that does not read a long stream costs a mebibyte at most, and slows its worker down', async () => {
  const readers = 64;
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  const before = residentBytes();
  const body = JSON.stringify(chatBody({ stream: true, demo: { tokens: 30_000, tokenBytes: 4 * kibibyte } }));
  const sockets = Array.from({ length: readers }, () => unread(`${head(`content-length: ${body.length}`)}\r\n\r\n${body}`));
  await eventually('all run', async () => (await metric('running_requests')) === readers, 20_000);
  const worker = constellation.workers[0]!;
  const sent = async () => (await worker.receipts()).totals.outputTokens;
  await eventually('the worker has stopped', async () => {
    const was = await sent();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return was === (await sent());
  }, 60_000);
  // Each of them could have had 120 MiB; what is on its way is in the sockets of the operating system.
  expect(await sent()).toBeLessThan((readers * 30_000) / 4);
  expect(await metric('running_requests')).toBe(readers);
  expect(residentBytes() - before).toBeLessThan(readers * mebibyte + slackBytes);
  // Whoever reads is served meanwhile.
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await untilNothingIsLeft();
}, 120_000);

test('JSON of a hundred thousand levels, five hundred times, costs no memory, and others are served meanwhile', async () => {
  const depth = 100_000;
  const before = residentBytes();
  const bodies = [`{"model":"demo-model","messages":${'['.repeat(depth)}${']'.repeat(depth)}}`, `{"model":"demo-model","messages":[{}],"x":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`];
  for (let done = 0; done < 500; done += 20) {
    const deep = Promise.all(Array.from({ length: 20 }, async (_, i) => (await post(edge, account.apiKey, bodies[i % 2]!)).status));
    const other = await chat(edge, account.apiKey, { demo: { tokens: 1 } });
    expect([other.status, new Set(await deep)]).toEqual([200, new Set([400])]);
  }
  expect(residentBytes() - before).toBeLessThan(slackBytes);
  await untilNothingIsLeft();
}, 120_000);

test('floods of headers cost no more than the headers of one request for each connection, and others are served meanwhile', async () => {
  const before = residentBytes();
  // Just within the limit, and never finished.
  const almost = `${head()}\r\n${'x-flood: 0123456789\r\n'.repeat(700)}`;
  const sockets = Array.from({ length: 500 }, () => unread(almost));
  const beyond = `${almost}${'x-more: 0123456789\r\n'.repeat(50_000)}\r\n`;
  for (let done = 0; done < 200; done += 20) {
    const floods = Array.from({ length: 20 }, () => unread(beyond));
    await eventually('they are closed', () => floods.every((socket) => {
      // What is not read hides the end of the connection.
      socket.resume();
      return socket.closed;
    }), 20_000);
    expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  }
  expect(residentBytes() - before).toBeLessThan(500 * 32 * kibibyte + slackBytes);
  for (const socket of sockets) socket.destroy();
}, 120_000);

test('bodies that come in chunks of a byte are refused soon, those in small ones cost their bytes alone, and others are served meanwhile', async () => {
  const before = residentBytes();
  const talk = (size: number, chunks: number) => {
    const body = Buffer.alloc(size * chunks, 'x');
    const framed: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) framed.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    const { hostname, port } = new URL(edge);
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (part: Buffer) => (received += part.toString('latin1'))).on('error', () => undefined);
    socket.write(`${head('transfer-encoding: chunked')}\r\n\r\n`);
    socket.write(Buffer.concat([...framed, Buffer.from('0\r\n\r\n')]));
    return eventually('it is answered', () => (received === '' ? undefined : received), 60_000).finally(() => socket.destroy());
  };
  const bytes = await Promise.all(Array.from({ length: 8 }, () => talk(1, 200_000)));
  for (const received of bytes) expect(received).toMatch(/^HTTP\/1\.1 400 [^]*"code":"bad_request"/);
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  const small = await Promise.all(Array.from({ length: 4 }, () => talk(64, 60_000)));
  // It is read to its end, and then found to be no JSON.
  for (const received of small) expect(received).toMatch(/^HTTP\/1\.1 400 [^]*"code":"invalid_json"/);
  expect(residentBytes() - before).toBeLessThan(slackBytes);
  await untilNothingIsLeft();
}, 120_000);

test.each([128 * kibibyte + 1, mebibyte + 1, 16 * mebibyte])('a prompt of %d bytes arrives byte for byte, streamed and whole', async (bytes) => {
  const content = `${'0123456789abcdef'.repeat(bytes / 16)}end`;
  for (const stream of [true, false]) {
    const response = await chat(edge, account.apiKey, { stream, messages: [{ role: 'user', content }], demo: { tokens: 3, promptTokens: 1_000 } });
    expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(stream ? /\[DONE\]/ : /"usage"/)]);
  }
  const seen = (await constellation.workers[0]!.requests()).slice(-2).map(({ body }) => (JSON.parse(body) as { messages: [{ content: string }] }).messages[0].content);
  expect(seen.map((text) => hash('sha256', text))).toEqual([hash('sha256', content), hash('sha256', content)]);
  await fetch(`${constellation.workers[0]!.url}/demo`, { method: 'DELETE' });
  await untilNothingIsLeft();
}, 60_000);

test('prompts of 16 MiB at once, as many as come, take no more memory than bodies may', async () => {
  const before = residentBytes();
  const body = JSON.stringify(chatBody({ messages: [{ role: 'user', content: 'x'.repeat(16 * mebibyte) }], demo: { tokens: 1, promptTokens: 1_000, delayMs: 500 } }));
  const statuses = await Promise.all(Array.from({ length: 24 }, async () => {
    const response = await post(edge, account.apiKey, body).catch(() => undefined);
    await response?.text();
    // A client that is told to stop while it sends may not see why.
    return response?.status ?? 503;
  }));
  expect(residentBytes() - before).toBeLessThan(bodyBytesTotalMax * 2 + slackBytes);
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  await untilNothingIsLeft();
  await fetch(`${constellation.workers[0]!.url}/demo`, { method: 'DELETE' });
  expect((await post(edge, account.apiKey, body)).status).toBe(200);
}, 120_000);

test('a message that is said in other terms counts twice against the memory for bodies, until its worker begins or its client leaves', async () => {
  const bytes = 4 * mebibyte;
  const body = JSON.stringify({ model: chatOnly, max_tokens: 5, messages: [{ role: 'user', content: 'x'.repeat(bytes) }], stream: true, demo: { firstTokenMs: 60_000, promptTokens: 1_000 } });
  const sockets = Array.from({ length: 2 }, () => unread(`${head(`content-length: ${body.length}`).replace('/v1/chat/completions', '/v1/messages')}\r\n\r\n${body}`));
  await eventually('both bodies of both requests are counted', async () => (await metric('body_bytes')) >= 4 * bytes, 20_000);
  for (const socket of sockets) socket.destroy();
  await untilNothingIsLeft();
}, 60_000);
