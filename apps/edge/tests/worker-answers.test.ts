/** Strange and hostile answers of workers, written by hand: what clients get of them, and what becomes of the edge. */
import type { ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, workersYaml, type Constellation, type TestAccount } from '@tacet/constellation';
import { chat, eventsOf } from './chat-client.ts';
import { residentBytesOf } from './edge-process.ts';
import { chunk, startScriptedWorker, streamed, usage, whole, type ScriptedWorker } from './scripted-worker.ts';

const mebibyte = 1024 * 1024;
const canary = 'CANARY-5b1e';
const requestMs = 3_000;

const foreignHeaders = { 'x-random': canary, 'set-cookie': `a=${canary}`, server: canary, via: `1.1 ${canary}`, 'x-request-id': canary, 'x-ratelimit-limit-requests': '7', 'access-control-allow-origin': '*', trailer: 'x-late', 'content-encoding': 'identity' };

/** What a worker answers, by model. */
const answers: Readonly<Record<string, (response: ServerResponse, isStream: boolean) => void>> = {
  'foreign-headers': (response, isStream) => {
    response.writeEarlyHints({ link: `<${canary}>` });
    response.writeHead(200, { ...foreignHeaders, 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    response.write(isStream ? streamed : whole);
    response.addTrailers({ 'x-late': canary });
    response.end();
  },
  'exact-length': (response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length }).end(whole),
  compressed: (response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(whole)),
  'error-with-200': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: canary } })),
  'endless-whole': (response) => pour(response, 'application/json', Buffer.alloc(mebibyte, 0x20)),
  'endless-event': (response) => pour(response, 'text/event-stream', Buffer.alloc(mebibyte, 0x78)),
  'endless-comments': (response) => pour(response, 'text/event-stream', Buffer.from(`: ${canary}\n`.repeat(10_000))),
  'header-flood': (response) => {
    response.socket?.write(`HTTP/1.1 200 OK\r\n${'x-flood: 0123456789\r\n'.repeat(100_000)}\r\n`);
    response.socket?.end();
  },
  'no-http': (response) => response.socket?.end(`${canary}\r\n\r\n`),
  'never-ends': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write(chunk({ content: 'x' }, null)), 50);
    response.on('close', () => clearInterval(timer));
  },
  fetching: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(whole),
};
const bodies: string[] = [];

/** Sends the same for as long as it is read. */
function pour(response: ServerResponse, type: string, bytes: Buffer): void {
  response.writeHead(200, { 'content-type': type });
  const more = () => {
    while (!response.destroyed && response.write(bytes));
  };
  response.on('drain', more);
  more();
}

let worker: ScriptedWorker;
let constellation: Constellation;
let account: TestAccount;
let edge: string;

beforeAll(async () => {
  worker = await startScriptedWorker(({ body, model, stream }, response) => {
    bodies.push(body);
    answers[model]?.(response, stream);
  });
  const models = Object.keys(answers);
  const pools = models.map((model) => ({ id: model, url: worker.url, kind: 'demo', models: [model], ...(model === 'fetching' ? { remoteMedia: true } : {}) }));
  constellation = await startConstellation({
    mode: 'embedded', sessionMs: 60_000, models: models.map((id) => ({ id, mediaTokensMax: 1_000 })), worker: { workersYaml: workersYaml(pools) },
    settings: { edge: { TACET_EDGE_REQUEST_MS: String(requestMs) } },
  });
  account = await constellation.createAccount();
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(async () => {
  await constellation.stop();
  worker.stop();
});

const residentBytes = () => residentBytesOf(constellation);

test.each([true, false])('no header of a worker comes back but those on the list (stream: %s)', async (stream) => {
  const response = await chat(edge, account.apiKey, { model: 'foreign-headers', stream });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.stringContaining('served')]);
  expect(JSON.stringify([...response.headers])).not.toContain(canary);
  for (const name of Object.keys(foreignHeaders)) if (name !== 'x-request-id') expect([name, response.headers.get(name)]).toEqual([name, null]);
  expect(response.headers.get('content-type')).toMatch(stream ? /^text\/event-stream/ : /^application\/json/);
});

test('a length and an encoding are those of what the client gets, never of what the worker sent', async () => {
  const response = await chat(edge, account.apiKey, { model: 'exact-length' });
  const text = await response.text();
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
  expect(JSON.parse(text)).toMatchObject({ usage: { ...usage, cost: expect.any(Number) } });
  // Nobody asked for it, so it cannot be read.
  const compressed = await chat(edge, account.apiKey, { model: 'compressed' });
  expect([compressed.status, compressed.headers.get('content-encoding'), await compressed.text()]).toEqual([502, null, expect.stringContaining('"code":"worker_invalid"')]);
});

test('no event stream is compressed, whatever its client takes', async () => {
  const response = await chat(edge, account.apiKey, { model: 'foreign-headers', stream: true }, { 'accept-encoding': 'gzip, br, zstd' });
  expect([response.headers.get('content-encoding'), await response.text()]).toEqual([null, expect.stringContaining('[DONE]')]);
});

test.each<[model: string, stream: boolean, status: number, code: string]>([
  ['error-with-200', false, 502, 'worker_failed'],
  ['endless-whole', false, 502, 'worker_invalid'],
  ['endless-event', true, 502, 'worker_invalid'],
  ['header-flood', true, 502, 'worker_failed'],
  ['no-http', false, 502, 'worker_failed'],
])('an answer that is %s is an error that quotes nothing of it, and costs no memory', async (model, stream, status, code) => {
  const before = residentBytes();
  const response = await chat(edge, account.apiKey, { model, stream });
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(text).not.toContain(canary);
  expect(residentBytes() - before).toBeLessThan(200 * mebibyte);
});

test('comments without end are not passed on, cost no memory, and end with the time for a whole request', async () => {
  const before = residentBytes();
  const text = await (await chat(edge, account.apiKey, { model: 'endless-comments', stream: true })).text();
  expect(text).toContain('"code":"idle_timeout"');
  expect(text).not.toContain(canary);
  expect(residentBytes() - before).toBeLessThan(200 * mebibyte);
}, 60_000);

test('a request that takes longer than a whole one may is ended, with an error in its stream', async () => {
  const events = eventsOf(await (await chat(edge, account.apiKey, { model: 'never-ends', stream: true })).text());
  expect(events.length).toBeGreaterThan(5);
  expect(events.at(-1)?.error?.code).toBe('idle_timeout');
}, 60_000);

test('addresses of media reach workers of a pool that allows it, and no others', async () => {
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://inside.example/a.png' } }] }];
  const refused = await chat(edge, account.apiKey, { model: 'exact-length', messages });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('"param":"messages"')]);
  expect((await chat(edge, account.apiKey, { model: 'fetching', messages })).status).toBe(200);
  expect(bodies.at(-1)).toContain('https://inside.example/a.png');
});

test('nothing of what workers said in error is in a log', () => {
  for (const { logFile } of constellation.processes) expect(readFileSync(logFile, 'utf8')).not.toContain(canary);
});
