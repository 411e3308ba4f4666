/**
 * Requests that are given up at every stage: in the middle of their body, in the queue, while the prompt is read, between
 * two attempts, in the middle of a stream or of a whole answer, on the last frame. Afterwards nothing of them is left
 * anywhere: the gauges and the load counters are exactly 0, all permits to run are free, nothing is held, and memory has not grown.
 */
import { connect } from 'node:net';
import { expect } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, errorOf, RawClient, untilNothingIsHeld } from './chat-client.ts';
import { metricOf, residentBytesOf } from './edge-process.ts';

const model = 'storm-model';
const lanes = 16;
/** Of the account: more than all lanes at once, so that the limit shows at the end whether a permit was lost. */
const concurrentRequests = 24;
/** In mebibytes, from the first quarter of the requests on: what Node collects late, and nothing of the requests. */
const residentGrowthMax = 150;
/** Whoever gives up often before the prompt is billed has to wait: so many requests a key at most. */
const requestsPerKey = 16;

/** The connection is closed when what was received matches; `whole` bodies are sent but for their last byte where that is false. */
interface Stage {
  readonly demo: object;
  readonly closeAt: RegExp | undefined;
  readonly isWhole: boolean;
  readonly stream: boolean;
}

const running = { tokens: 10_000, tokensPerSecond: 200 };
const stages: readonly Stage[] = [
  { demo: {}, closeAt: undefined, isWhole: false, stream: true },
  { demo: { firstTokenMs: 60_000 }, closeAt: undefined, isWhole: true, stream: true },
  { demo: { delayMs: 60_000 }, closeAt: undefined, isWhole: true, stream: false },
  { demo: running, closeAt: undefined, isWhole: true, stream: false },
  { demo: running, closeAt: /^HTTP\/1\.1 200/, isWhole: true, stream: true },
  { demo: running, closeAt: /data: \{"[^]*data: \{"[^]*data: \{"/, isWhole: true, stream: true },
  { demo: { tokens: 5 }, closeAt: /\[DONE\]|"finish_reason":"stop"|response\.completed|message_stop/, isWhole: true, stream: true },
  { demo: { abortAfter: 0 }, closeAt: undefined, isWhole: true, stream: true },
  { demo: { status: 429, retryAfter: 1 }, closeAt: undefined, isWhole: true, stream: false },
];
const rareStage = stages.length - 1;

const user = [{ role: 'user', content: 'hello '.repeat(500) }];
const routes: readonly (readonly [path: string, fields: object])[] = [
  ['/v1/chat/completions', { messages: user }],
  ['/v1/completions', { prompt: user[0]?.content }],
  ['/v1/responses', { input: user[0]?.content }],
  ['/v1/messages', { messages: user, max_tokens: 9_000 }],
];

/** An edge whose two workers take few requests at once, so that others wait. */
export function startStorm(): Promise<Constellation> {
  const worker = { models: [model], pool: { requestsMax: 5 } };
  return startConstellation({ mode: 'embedded', sessionMs: 60_000, models: [{ id: model }], worker: [worker, worker] });
}

/** Gives up so many requests, and proves that nothing is left of them. */
export async function expectNothingLeft(constellation: Constellation, requests: number): Promise<void> {
  const { accountIdBytes } = await constellation.createAccount({ creditUsd: '50' });
  const edge = constellation.edges[0]!.url;
  const accountId = accountIdBytes;
  await constellation.operator.accounts.SetAccountLimits({ accountId, limits: { concurrentRequests } });
  const newKey = async () => (await constellation.operator.accounts.CreateKey({ accountId, name: 'storm', models: [] })).plaintextKey;
  let next = 0;
  let residentMebibytes = 0;
  await Promise.all(Array.from({ length: lanes }, async () => {
    let key = '';
    let used = requestsPerKey;
    for (let i = next++; i < requests; i = next++) {
      if (used++ >= requestsPerKey) [key, used] = [await newKey(), 1];
      if (i === Math.floor(requests / 4)) residentMebibytes = residentMebibytesOf(constellation);
      await giveUp(edge, key, i);
    }
  }));
  await untilAllIsZero(constellation);
  expect(residentMebibytesOf(constellation) - residentMebibytes).toBeLessThan(residentGrowthMax);
  for (const worker of constellation.workers) {
    await eventually('the worker is idle', async () => {
      const { running: left, waiting } = await worker.receipts();
      return left === 0 && waiting === 0;
    });
  }
  await untilNothingIsHeld(constellation, accountId);
  await expectAllPermits(edge, await newKey());
  await untilAllIsZero(constellation);
}

async function untilAllIsZero(constellation: Constellation): Promise<void> {
  const names = ['running_requests', 'worker_requests', 'worker_tokens', 'queued_requests', 'body_bytes'];
  let values: number[] = [];
  await eventually('all gauges and counters are 0', async () => {
    values = await Promise.all(names.map((name) => metricOf(constellation, name)));
    return values.every((value) => value === 0);
  }, 30_000).catch((error: unknown) => {
    throw new Error(`what is left: ${names.map((name, i) => `${name} ${values[i]}`).join(', ')}`, { cause: error });
  });
}

/** As many as the account's limit may run or wait at once, and not one more: no permit was lost, none is there twice. */
async function expectAllPermits(edge: string, key: string): Promise<void> {
  const clients = Array.from({ length: concurrentRequests }, () => new RawClient(edge));
  for (const client of clients) client.send(key, { model, stream: true, demo: running });
  const refused = await eventually('the limit is reached', async () => {
    const response = await chat(edge, key, { model, demo: { tokens: 1 } }, {}, AbortSignal.timeout(2_000)).catch(() => undefined);
    return response?.status === 429 ? response : undefined;
  }, 30_000);
  expect((await errorOf(refused)).metadata).toEqual({ limit_source: 'account_concurrent', limit: concurrentRequests });
  expect(clients.map(({ received }) => received).filter((received) => received.includes('account_concurrent'))).toEqual([]);
  for (const { socket } of clients) socket.destroy();
}

function giveUp(edge: string, key: string, i: number): Promise<void> {
  const { hostname, port } = new URL(edge);
  const [path, fields] = routes[i % routes.length]!;
  // A worker that says that it is full is left alone for a second: that is for few.
  const stage = stages[i % 50 === 0 ? rareStage : i % rareStage]!;
  const body = JSON.stringify({ model, ...fields, stream: stage.stream, demo: stage.demo });
  const request = `POST ${path} HTTP/1.1\r\nhost: e\r\nx-api-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    // Whatever does not come, for instance since it waits for a worker, is given up as well.
    const timer = setTimeout(() => socket.destroy(), stage.closeAt === undefined ? (i * 7) % 40 : 400);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (stage.closeAt?.test(received)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.write(stage.isWhole ? request : request.slice(0, -10));
  });
}

const residentMebibytesOf = (constellation: Constellation) => residentBytesOf(constellation) / 1024 ** 2;
