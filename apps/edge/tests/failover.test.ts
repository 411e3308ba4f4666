/**
 * What is tried at another worker, and what is not. Goal: until its first event was forwarded a request may go to one other
 * worker, never to the same one again, never after its client left, and the client of a stream that was kept alive meanwhile
 * hears of a failure in the stream. Method: two workers written by hand; each case is a model of its own, whose first attempt
 * meets the fault wherever it lands, and every later one is served.
 */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, workersYaml, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, errorOf, RawClient } from './chat-client.ts';
import { metricOf } from './edge-process.ts';
import { chunk, startScriptedWorker, streamed, whole, type ScriptedWorker } from './scripted-worker.ts';

const beginStream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();

function serve(response: ServerResponse, isStream: boolean): void {
  if (!isStream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    return;
  }
  beginStream(response);
  response.end(streamed);
}

/** What the first attempt meets, by model. */
const faults: Readonly<Record<string, (response: ServerResponse, model: string) => void>> = {
  'closed-at-once': (response) => response.destroy(),
  'closed-after-status': (response) => {
    beginStream(response);
    setTimeout(() => response.destroy(), 50);
  },
  'closed-in-whole': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"id":');
    setTimeout(() => response.destroy(), 50);
  },
  'status-429': (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  'status-502': (response) => response.writeHead(502).end(),
  'status-503': (response) => response.writeHead(503).end(),
  'status-400': (response) => response.writeHead(400).end(),
  'status-500': (response) => response.writeHead(500).end(),
  'status-504': (response) => response.writeHead(504).end(),
  'no-json': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  'one-event': (response) => {
    beginStream(response);
    response.write(chunk({ role: 'assistant', content: 'half' }, null));
    setTimeout(() => response.destroy(), 50);
  },
  'silent-then-served': (response, model) => {
    beginStream(response);
    afterSilence[model] = () => response.end(`${chunk({ role: 'assistant', content: 'served' }, 'stop')}data: [DONE]\n\n`);
  },
  'silent-then-closed': (response, model) => {
    beginStream(response);
    afterSilence[model] = () => response.destroy();
  },
  'silent-then-refused': (response, model) => void (afterSilence[model] = () => response.writeHead(500).end()),
  left: (response) => left.push(response),
  alone: (response) => response.writeHead(503).end(),
};
/** Models of one worker alone. */
const singles = ['alone'];
const left: ServerResponse[] = [];
/** What a silent worker does when its client was kept alive. */
const afterSilence: Record<string, () => unknown> = {};
/** The workers that were asked for a model, in order. */
const asked: Record<string, string[]> = {};

let workers: ScriptedWorker[];
let constellation: Constellation;
let account: TestAccount;
let edge: string;

function startWorker(name: string): Promise<ScriptedWorker> {
  return startScriptedWorker(({ model, stream }, response) => {
    const attempts = (asked[model] ??= []);
    attempts.push(name);
    const fault = faults[model];
    if (attempts.length === 1 && fault) fault(response, model);
    else serve(response, stream);
  });
}

beforeAll(async () => {
  workers = await Promise.all(['a', 'b'].map(startWorker));
  const models = Object.keys(faults);
  const pools = models.flatMap((model) =>
    workers.slice(0, singles.includes(model) ? 1 : 2).map((worker, i) => ({ id: `${model}-${i}`, url: worker.url, kind: 'demo', models: [model] })),
  );
  constellation = await startConstellation({ mode: 'embedded', sessionMs: 60_000, models: models.map((id) => ({ id })), worker: { workersYaml: workersYaml(pools) } });
  account = await constellation.createAccount();
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(async () => {
  await constellation.stop();
  for (const worker of workers) worker.stop();
});

const ask = async (model: string, isStream: boolean) => {
  const response = await chat(edge, account.apiKey, { model, stream: isStream });
  return { status: response.status, text: await response.text() };
};

test.each<[model: string, isStream: boolean]>([
  ['closed-at-once', true],
  ['closed-after-status', true],
  ['closed-in-whole', false],
  ['status-429', true],
  ['status-502', false],
  ['status-503', true],
])('before the first event was forwarded, a worker that is %s is followed by another one, once', async (model, isStream) => {
  const { status, text } = await ask(model, isStream);
  expect([status, text]).toEqual([200, expect.stringContaining('served')]);
  expect(asked[model]!.toSorted()).toEqual(['a', 'b']);
});

test.each<[model: string, isStream: boolean, status: number, code: string]>([
  ['status-400', false, 400, 'bad_request'],
  ['status-500', true, 502, 'worker_failed'],
  ['status-504', false, 502, 'worker_failed'],
  ['no-json', true, 502, 'worker_invalid'],
])('what may have done the work, or would fail elsewhere too, is tried nowhere else: %s', async (model, isStream, status, code) => {
  const answer = await ask(model, isStream);
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(asked[model]).toHaveLength(1);
});

test('after the first event nothing is tried again: the client has half of one answer, and hears so', async () => {
  const { status, text } = await ask('one-event', true);
  expect([status, asked['one-event']!.length]).toEqual([200, 1]);
  expect(text).toMatch(/half[^]*"code":"worker_failed"/);
  expect(text).not.toMatch(/served|\[DONE\]/);
});

test('nothing is sent to the same worker twice: where it is the only one, its failure is told at once', async () => {
  const response = await chat(edge, account.apiKey, { model: 'alone' });
  expect([response.status, (await errorOf(response)).code]).toEqual([502, 'worker_failed']);
  expect(asked['alone']).toEqual(['a']);
});

test('nothing is tried again for a client that left', async () => {
  const client = new RawClient(edge);
  client.send(account.apiKey, { model: 'left', stream: true });
  const worker = await eventually('a worker has it', () => left[0]);
  client.socket.destroy();
  await eventually('the worker was aborted', () => worker.destroyed || worker.closed);
  // The edge has seen the end of it when nothing runs any more.
  await eventually('nothing runs', async () => (await metricOf(constellation, 'running_requests')) === 0);
  expect(asked['left']).toHaveLength(1);
});

test('a stream that was kept alive while its worker thought goes on, at another worker too, and hears of errors in the stream', async () => {
  const clients = ['silent-then-served', 'silent-then-closed', 'silent-then-refused'].map((model) => {
    const client = new RawClient(edge);
    client.send(account.apiKey, { model, stream: true });
    return { model, client };
  });
  const texts = await Promise.all(clients.map(async ({ model, client }) => {
    await eventually('the client was kept alive', () => client.received.includes(': keepalive\n'), 40_000);
    afterSilence[model]!();
    await client.until('the stream has ended', (received) => received.endsWith('0\r\n\r\n'));
    client.socket.destroy();
    const { received } = client;
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    // The framing of chunks taken off.
    return received.slice(received.indexOf('\r\n\r\n') + 4).replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n|\r\n$/g, '');
  }));
  const [served, closed, refused] = texts;
  for (const text of [served!, closed!]) {
    expect(text).toMatch(/^: keepalive\n[^]*served[^]*data: \[DONE\]\n\n$/);
    expect(text).not.toMatch(/^(id:|event:|data:\s*$)/m);
  }
  expect(refused).toMatch(/^: keepalive\ndata: \{"error":\{[^\n]*"code":"worker_failed"[^\n]*\n\n$/);
  expect([asked['silent-then-served']!.length, asked['silent-then-closed']!.toSorted(), asked['silent-then-refused']!.length]).toEqual([1, ['a', 'b'], 1]);
}, 60_000);
