/** Streams under faults of clients and workers: what the client gets, what the worker sees, what is billed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, contentOf, errorOf, eventsOf, finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';
import { metricOf, metricsOf } from './edge-process.ts';

let constellation: Constellation;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    models: [{ id: 'demo-model' }, { id: 'counted-model' }],
    worker: [
      { models: ['demo-model'] },
      { models: ['counted-model'], engine: 'llamacpp', kind: 'local' },
    ],
    settings: { edge: { TACET_EDGE_FIRST_BYTE_MS: '1000', TACET_EDGE_IDLE_MS: '800', TACET_EDGE_SLOW_READER_MS: '1500' } },
  });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

const receiptOf = async (tag: string) => {
  for (const worker of constellation.workers) {
    const { receipts } = await worker.receipts(tag);
    if (receipts[0]) return receipts[0];
  }
  return undefined;
};

const stream = async (account: TestAccount, fields: object) => {
  const response = await chat(edge, account.apiKey, { stream: true, ...fields });
  const text = await response.text();
  return { response, text, events: eventsOf(text) };
};

const withAccount = () => constellation.createAccount();

/** Requests that are given up are counted by the minute: one that begins now will not end in the middle of a test. */
const earlyInTheMinute = () => eventually('a minute has begun', () => Date.now() % 60_000 < 45_000, 20_000);

const metric = (name: string) => metricOf(constellation, name);

/** An edge remembers which workers failed or miscounted; the next test shall not find them taken out. */
const freshEdge = async () => {
  const { process } = constellation.edges[0]!;
  await process.restart();
  await process.waitUntilReady();
};

test('a stream arrives whole, in order, with one role, one id and one end, and is billed to the token', async () => {
  const account = await withAccount();
  const { response, text, events } = await stream(account, { demo: { tokens: 40, tag: 'whole', multibyte: true } });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(text).not.toMatch(/^(id|retry):/m);
  const chunks = events.filter(({ choices }) => choices);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks.filter(({ choices }) => choices?.[0]?.delta?.role === 'assistant')).toHaveLength(1);
  expect(chunks.at(-1)?.choices?.[0]?.finish_reason).toBe('stop');
  const receipt = await receiptOf('whole');
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ outputTokens: String(receipt?.outputTokens), inputTokens: String(receipt?.promptTokens), status: 'ok', usageSource: 'exact', chargedNano: row!.chargeNano });
  expect(receipt).toMatchObject({ finished: true, aborted: false });
});

test.each([
  ['CR LF, comments, and writes of one byte', { crlf: true, comments: true, writeBytes: 1 }],
  ['writes that end inside of characters', { splitUtf8: true, multibyte: true }],
  ['no role, no indexes and no envelope', { noRole: true, noIndex: true, noEnvelope: true }],
])('a worker that sends %s is repaired', async (_what, demo) => {
  const account = await withAccount();
  const { events } = await stream(account, { demo: { tokens: 12, tokensPerSecond: 500, ...demo } });
  expect(contentOf(events)).toMatch(/^This is a simulator/);
  const chunks = events.filter(({ choices }) => choices);
  expect(chunks.every((chunk) => typeof chunk.id === 'string' && chunk.choices!.every(({ index, finish_reason }) => typeof index === 'number' && finish_reason !== undefined))).toBe(true);
  expect(chunks[0]?.choices?.[0]?.delta?.role).toBe('assistant');
  expect(events.at(-1)).toEqual({ done: true });
});

test('several choices are metered together', async () => {
  const account = await withAccount();
  await stream(account, { n: 3, demo: { tokens: 30, tag: 'choices' } });
  const receipt = await receiptOf('choices');
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ outputTokens: String(receipt?.outputTokens), usageSource: 'exact' });
});

test('a client that leaves aborts the worker and pays for exactly what was received from it', async () => {
  const account = await withAccount();
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 100, tag: 'left' } });
  await client.until('some tokens are there', (received) => received.split('data: ').length > 10);
  client.socket.destroy();
  const receipt = await eventually('the worker was aborted', async () => {
    const found = await receiptOf('left');
    return found?.aborted ? found : undefined;
  });
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ status: 'aborted', usageSource: 'exact' });
  expect(Number(row!.outputTokens)).toBeGreaterThanOrEqual(8);
  // What was in flight between worker and edge when the connection was closed was not received.
  expect(Number(row!.outputTokens)).toBeLessThanOrEqual(receipt.outputTokens);
  expect(receipt.outputTokens - Number(row!.outputTokens)).toBeLessThanOrEqual(3);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
});

test('a client that leaves a worker which tells usage only at its end pays for the output that it was sent, not for a prompt that nobody counted; and who does so often waits', async () => {
  const account = await withAccount();
  const sent: number[] = [];
  await earlyInTheMinute();
  for (let i = 0; i < 10; i++) {
    const client = new RawClient(edge);
    client.send(account.apiKey, { model: 'counted-model', stream: true, demo: { tokens: 10_000, tokensPerSecond: 200, tag: `late-usage-${i}` } });
    await client.until('some tokens are there', (received) => received.split('data: ').length > 6 + i);
    client.socket.destroy();
    const receipt = await eventually('the worker was aborted', async () => {
      const found = await receiptOf(`late-usage-${i}`);
      return found?.aborted ? found : undefined;
    });
    sent.push(receipt.outputTokens);
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, 10);
  expect(rows.every(({ status, usageSource, inputTokens, cachedTokens }) => status === 'aborted' && usageSource === 'counted' && inputTokens === '0' && cachedTokens === '0')).toBe(true);
  const billed = rows.map(({ outputTokens }) => Number(outputTokens)).sort((a, b) => a - b);
  // Each client had at least six chunks; what was on its way when the connection was closed was received by nobody.
  for (const [i, tokens] of sent.sort((a, b) => a - b).entries()) {
    expect(billed[i]).toBeGreaterThanOrEqual(5 + i);
    expect(billed[i]).toBeLessThanOrEqual(tokens);
  }
  // $0.20 a million: nothing but the output.
  for (const row of rows) expect(row.chargedNano).toBe(String(200 * Number(row.outputTokens)));
  const refused = await chat(edge, account.apiKey, { model: 'counted-model' });
  expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'abandoned_requests']);
});

test('who leaves after the prompt was billed may do so as often as they like', async () => {
  const account = await withAccount();
  for (let i = 0; i < 12; i++) {
    const client = new RawClient(edge);
    client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 200 } });
    await client.until('some tokens are there', (received) => received.split('data: ').length > 3);
    client.socket.destroy();
  }
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
});

test('who leaves before the first token pays nothing, and who does so often waits', async () => {
  const account = await withAccount();
  await earlyInTheMinute();
  for (let i = 0; i < 10; i++) {
    const client = new RawClient(edge);
    client.send(account.apiKey, { stream: i % 2 === 0, demo: { firstTokenMs: 60_000, tag: `early-${i}` } });
    await eventually('the worker has it', async () => (await receiptOf(`early-${i}`))?.running);
    client.socket.destroy();
    await eventually('the worker was aborted', async () => (await receiptOf(`early-${i}`))?.aborted);
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, 10);
  expect(rows.every((row) => row.chargedNano === '0' && row.outputTokens === '0' && row.inputTokens === '0')).toBe(true);
  const refused = await chat(edge, account.apiKey);
  expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'abandoned_requests']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('clients that close right on the last frame leave one record each, none of them aborted', async () => {
  const account = await withAccount();
  const runs = 60;
  for (let i = 0; i < runs; i++) {
    const client = new RawClient(edge);
    client.send(account.apiKey, { stream: true, demo: { tokens: 3 } });
    await client.until('the last frame is there', (received) => received.includes(i % 2 === 0 ? '"finish_reason":"stop"' : '[DONE]'));
    client.socket.destroy();
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, runs);
  expect(rows).toHaveLength(runs);
  expect(rows.every(({ outputTokens, inputTokens }) => outputTokens === '3' && inputTokens === '9')).toBe(true);
  expect(rows.filter(({ status }) => status === 'ok').length).toBeGreaterThanOrEqual(runs / 2);
});

test.each<[what: string, demo: object, code: string]>([
  ['dies', { abortAfter: 5 }, 'worker_failed'],
  ['ends without a word', { endAfter: 5 }, 'worker_failed'],
  ['reports an error', { errorAfter: 5 }, 'worker_failed'],
  ['sends what is no JSON', { malformedAfter: 5 }, 'worker_invalid'],
  ['falls silent', { stallAfter: 5 }, 'idle_timeout'],
])('a worker that %s in the middle ends the stream with an error in it and no [DONE]; its breaker counts it, and what was received is settled', async (_what, demo, code) => {
  const account = await withAccount();
  const before = await metric('worker_failures_total');
  const { events, text } = await stream(account, { demo: { tokens: 50, tokensPerSecond: 200, ...demo } });
  expect(events.at(-1)?.error?.code).toBe(code);
  expect(text).not.toContain('[DONE]');
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ status: 'failed', outputTokens: '5' });
  expect(await metric('worker_failures_total')).toBe(before + 1);
  await freshEdge();
});

test('only the last word missing is no failure', async () => {
  const account = await withAccount();
  const { events } = await stream(account, { demo: { tokens: 5, noDone: true } });
  expect(events.at(-1)).toEqual({ done: true });
  const after = await stream(account, { demo: { tokens: 5, neverEnd: true } });
  expect(after.events.at(-1)).toEqual({ done: true });
});

test('a worker that never begins is given up after the time for the first byte', async () => {
  const account = await withAccount();
  for (const isStream of [true, false]) {
    const response = await chat(edge, account.apiKey, { stream: isStream, demo: { firstTokenMs: 30_000 } });
    expect([response.status, (await errorOf(response)).code]).toEqual([504, 'first_byte_timeout']);
  }
});

test.each<[usage: string, source: string]>([
  ['negative', 'counted'],
  ['absurd', 'counted'],
  ['text', 'counted'],
  ['cached', 'counted'],
])('usage that is %s is billed as %s, within the reservation', async (usage, source) => {
  const account = await withAccount();
  for (const isStream of [true, false]) {
    const fields = { model: 'counted-model', max_tokens: 20, demo: { tokens: 10, usage } };
    expect((await chat(edge, account.apiKey, { ...fields, stream: isStream })).status).toBe(200);
    // A worker that tells impossible counts gets no requests for a minute.
    await eventually('the worker is in quarantine', async () => {
      const response = await chat(edge, account.apiKey, fields);
      return response.status === 503 && (await errorOf(response)).code === 'no_worker';
    });
    await freshEdge();
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, 2);
  for (const row of rows) {
    expect(row.usageSource).toBe(source);
    expect(BigInt(row.chargeNano)).toBe(BigInt(row.chargedNano));
    expect(BigInt(row.chargedNano)).toBeLessThan(100_000n);
  }
});

test('a worker’s explicit zero usage stays zero, streamed and whole, and speaks against nobody', async () => {
  const account = await withAccount();
  for (const isStream of [true, false, true]) expect((await chat(edge, account.apiKey, { model: 'counted-model', max_tokens: 20, stream: isStream, demo: { tokens: 10, usage: 'zero' } })).status).toBe(200);
  const rows = await finalsOf(constellation, account.accountIdBytes, 3);
  for (const row of rows) expect(row).toMatchObject({ status: 'ok', usageSource: 'exact', inputTokens: '0', outputTokens: '0', chargedNano: '0' });
});

test('without any usage what was seen is counted', async () => {
  const account = await withAccount();
  await stream(account, { model: 'counted-model', demo: { tokens: 10, usage: 'missing' } });
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  // The end token has no text, so it was not seen.
  expect(row).toMatchObject({ usageSource: 'counted', outputTokens: '9', inputTokens: '0' });
  await freshEdge();
});

test('a slow reader slows the worker down, and is cut when it does not read at all', async () => {
  const account = await withAccount();
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 100_000, tokenBytes: 2_000, tag: 'slow' } });
  await client.until('it has begun', (received) => received.includes('data: '));
  client.socket.pause();
  const stopped = await eventually('the worker has stopped', async () => {
    const before = (await receiptOf('slow'))!.outputTokens;
    await new Promise((resolve) => setTimeout(resolve, 150));
    const after = (await receiptOf('slow'))!.outputTokens;
    return before === after && after > 0 ? after : undefined;
  });
  // The buffers of three sockets and one megabyte, in tokens of about 2 KB.
  expect(stopped).toBeLessThan(10_000);
  await eventually('the request was given up', async () => (await receiptOf('slow'))?.aborted);
  client.socket.resume();
  await eventually('the connection is closed', () => client.isClosed);
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row!.status).toBe('aborted');
});

test('a cancelled whole answer aborts the worker and bills nothing', async () => {
  const account = await withAccount();
  const controller = new AbortController();
  const running = chat(edge, account.apiKey, { demo: { tokens: 1_000, tokensPerSecond: 50, tag: 'cancelled' } }, {}, controller.signal);
  await eventually('the worker has it', async () => (await receiptOf('cancelled'))?.running);
  controller.abort();
  await expect(running).rejects.toThrow();
  await eventually('the worker was aborted', async () => (await receiptOf('cancelled'))?.aborted);
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ chargedNano: '0', status: 'aborted' });
});

test('after all this nothing runs, nothing is held, and the worker has no request left', async () => {
  const metrics = await eventually('no request holds a slot', async () => {
    const text = await metricsOf(constellation);
    return text.includes('tacet_edge_running_requests 0') && text.includes('tacet_edge_body_bytes 0') ? text : undefined;
  });
  expect(metrics).toContain('tacet_edge_running_requests 0');
  for (const worker of constellation.workers) await eventually('the worker is idle', async () => (await worker.receipts()).running === 0);
});
