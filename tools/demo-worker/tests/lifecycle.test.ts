import { connect } from 'node:net';
import { Agent, request } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startDemoWorker, type DemoWorker, type DemoWorkerOptions } from '../src/index.ts';
import { body, post, stream } from './ask.ts';

let worker: DemoWorker;

async function start(options: DemoWorkerOptions = {}): Promise<string> {
  worker = await startDemoWorker(options);
  return worker.url;
}

afterEach(() => worker.stop());

const endless = { stream: true, ignore_eos: true };

test('a client that leaves is noticed, its slot is free, and its receipt says how much was sent', async () => {
  const url = await start();
  const leaving = new AbortController();
  const response = await post(url, body(endless, { tokensPerSecond: 200, tag: 'left' }), undefined, { signal: leaving.signal });
  await response.body!.getReader().read();
  expect(worker.running()).toBe(1);
  leaving.abort();
  await eventually('the slot is free', () => worker.running() === 0);
  const [receipt] = worker.receipts('left');
  expect(receipt).toMatchObject({ aborted: true, finished: false, running: false });
  expect(receipt?.outputTokens).toBeGreaterThan(0);
});

test('a client that only closes its sending side has left too', async () => {
  const url = await start();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const text = body(endless);
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
  await eventually('it runs', () => worker.running() === 1);
  socket.end();
  await eventually('it was aborted', () => worker.receipts()[0]?.aborted);
  socket.destroy();
});

test('hundreds of clients that leave in every phase leave nothing running', async () => {
  const url = await start({ slots: 20 });
  const whole = { stream: false, max_tokens: 1_000 };
  const phases: [fields: object, demo: object][] = [
    [endless, { delayMs: 60_000 }],
    [endless, { firstTokenMs: 60_000 }],
    [endless, { tokensPerSecond: 50 }],
    [endless, { stallAfter: 3 }],
    [endless, { tokenBytes: 1_000 }],
    [whole, { firstTokenMs: 60_000 }],
    [whole, { tokensPerSecond: 1 }],
    [whole, { stallAfter: 3 }],
  ];
  const leaving = new AbortController();
  const asked = Array.from({ length: 320 }, async (_, i) => {
    const [fields, demo] = phases[i % phases.length]!;
    const response = await post(url, body({ ...fields }, { firstTokenMs: 1, ...demo }), undefined, { signal: leaving.signal });
    await response.body!.getReader().read();
  });
  const settled = Promise.allSettled(asked);
  await eventually('all arrived that arrive', () => worker.receipts().length === 280 && worker.waiting() > 0);
  leaving.abort();
  await settled;
  await eventually('nothing runs or waits', () => worker.running() === 0 && worker.waiting() === 0);
  expect(worker.receipts().filter((receipt) => receipt.running)).toEqual([]);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/vllm:num_requests_running\{[^}]*\} 0\n/);
  expect(metrics).toMatch(/vllm:num_requests_waiting\{[^}]*\} 0\n/);
});

test('who finds no slot waits for one, and who leaves the queue is not served', async () => {
  const url = await start({ slots: 1 });
  const first = new AbortController();
  await post(url, body(endless, { tag: 'first', stallAfter: 1 }), undefined, { signal: first.signal });
  const leaving = new AbortController();
  const left = post(url, body({ ...endless, stream: false }, { tag: 'left' }), undefined, { signal: leaving.signal }).catch(() => undefined);
  const second = stream(url, { max_tokens: 3 }, { tag: 'second' });
  await eventually('two wait', () => worker.waiting() === 2);
  leaving.abort();
  await left;
  await eventually('one waits', () => worker.waiting() === 1);
  first.abort();
  expect((await second).done).toBe(true);
  expect(worker.receipts('left')).toMatchObject([{ aborted: true, outputTokens: 0 }]);
  expect(worker.running()).toBe(0);
});

test('a full worker can refuse instead', async () => {
  const url = await start({ slots: 1, whenFull: 'refuse' });
  const first = new AbortController();
  await post(url, body(endless, { stallAfter: 1 }), undefined, { signal: first.signal });
  expect((await post(url, body())).status).toBe(503);
  first.abort();
  await eventually('the slot is free', () => worker.running() === 0);
  expect((await post(url, body())).status).toBe(200);
  expect((await post(url, body({}, { slotsFull: true }))).status).toBe(503);
});

test('a reader that does not read stops the generation', async () => {
  const url = await start();
  const response = await post(url, body(endless, { tokenBytes: 10_000 }));
  let before = -1;
  const written = await eventually('nothing more is written', () => {
    const now = worker.receipts()[0]?.outputTokens ?? 0;
    const still = now > 0 && now === before;
    before = now;
    return still && now;
  });
  expect(written * 10_000).toBeLessThan(64 * 1024 * 1024);
  await response.body!.cancel();
});

test('a connection serves one stream after another', async () => {
  const url = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let i = 0; i < 3; i++) {
    await new Promise<void>((resolve, reject) => {
      const asked = request(`${url}/v1/chat/completions`, { method: 'POST', agent }, (response) => {
        ports.add(response.socket.localPort);
        response.resume().once('end', resolve);
      });
      asked.once('error', reject).end(body({ stream: true, max_tokens: 4 }));
    });
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});

test('the counters count what was made, the receipts what was sent', async () => {
  const url = await start();
  await stream(url, { max_tokens: 6, n: 2 });
  await post(url, body({ max_tokens: 5 }));
  await post(url, body({ max_tokens: 5 }, { abortAfter: 1 })).then((response) => response.text()).catch(() => undefined);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/vllm:generation_tokens_total\{engine="0",model_name="demo"\} 22\n/);
  expect(worker.totals()).toEqual({ requests: 3, finished: 2, aborted: 0, promptTokens: 39, outputTokens: 17 });
  worker.reset();
  expect(worker.totals().requests).toBe(0);
});

test('an endless stream without a rate lets other requests in', async () => {
  const url = await start();
  const response = await post(url, body(endless));
  void response.body!.pipeTo(new WritableStream()).catch(() => undefined);
  await eventually('it runs', () => (worker.receipts()[0]?.outputTokens ?? 0) > 1_000);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});
