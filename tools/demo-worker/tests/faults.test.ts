import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startDemoWorker, type DemoWorker } from '../src/index.ts';
import { body, post, readEvents, stream, textOf } from './ask.ts';

let worker: DemoWorker;
const continuous = { max_tokens: 10, stream_options: { include_usage: true, continuous_usage_stats: true } };

beforeAll(async () => {
  worker = await startDemoWorker({ record: true });
});
beforeEach(() => worker.reset());
afterAll(() => worker.stop());

test('abortAfter breaks the connection after exactly so many tokens', async () => {
  const answer = await stream(worker.url, continuous, { abortAfter: 4 });
  expect(answer.broken).toBe(true);
  expect(answer.chunks.at(-1)?.usage?.completion_tokens).toBe(4);
  expect(worker.receipts()).toMatchObject([{ outputTokens: 4, finished: false, aborted: false, running: false }]);
  expect((await stream(worker.url, continuous, { abortAfter: 0 })).raw).toBe('');
});

test('endAfter ends in good order and says nothing more', async () => {
  const answer = await stream(worker.url, continuous, { endAfter: 4 });
  expect([answer.broken, answer.done]).toEqual([false, false]);
  expect(answer.chunks.filter((chunk) => chunk.choices[0]?.delta?.content)).toHaveLength(4);
  expect(answer.chunks.some((chunk) => chunk.choices[0]?.finish_reason)).toBe(false);
});

test('noDone withholds the last event alone', async () => {
  const answer = await stream(worker.url, continuous, { noDone: true });
  expect(answer.done).toBe(false);
  expect(answer.chunks.at(-1)?.usage?.completion_tokens).toBe(10);
  expect(worker.receipts()).toMatchObject([{ finished: true }]);
});

test('errorAfter reports inside the stream, as vLLM does', async () => {
  const answer = await stream(worker.url, continuous, { errorAfter: 2 });
  expect(answer.chunks.at(-1)?.error?.message).toMatch(/EngineCore/);
  expect([answer.chunks.filter((chunk) => chunk.choices?.[0]?.delta?.content).length, answer.done]).toEqual([2, true]);
});

test('malformedAfter sends one event that is not JSON and goes on', async () => {
  const answer = await stream(worker.url, continuous, { malformedAfter: 3 });
  expect(answer.data.filter((data) => data !== '[DONE]')).toHaveLength(answer.chunks.length + 1);
  expect(answer.chunks.at(-1)?.usage?.completion_tokens).toBe(10);
});

test('several faults of one request happen in their order', async () => {
  const answer = await stream(worker.url, continuous, { endAfter: 5, malformedAfter: 5, stallAfter: 2, stallMs: 1 });
  expect(answer.data).toHaveLength(7);
  expect(textOf(answer)).toBe('This is a simulator,');
});

test.each([
  ['negative', /"completion_tokens":-5/],
  ['nan', /"completion_tokens":NaN/],
  ['text', /"completion_tokens":"10"/],
  ['absurd', /"completion_tokens":1e12/],
  ['fraction', /"completion_tokens":10\.5/],
  ['shrinking', /"completion_tokens":9999[^]*"completion_tokens":9990/],
  ['cost', /"cost":0\.000001/],
  ['zero', /"prompt_tokens":0,"total_tokens":0,"completion_tokens":0/],
  ['cached', /"cached_tokens":1013/],
  ['empty', /"usage":\{\}/],
] as const)('usage can be %s', async (usage, pattern) => {
  const { raw } = await stream(worker.url, continuous, { usage });
  expect(raw).toMatch(pattern);
  const whole = await (await post(worker.url, body({ max_tokens: 10 }, { usage }))).text();
  if (usage !== 'shrinking') expect(whole).toMatch(pattern);
});

test('usage can be missing, or only there at the end, or everywhere but at the end', async () => {
  const having = async (usage: string) => (await stream(worker.url, continuous, { usage })).chunks.map((chunk) => ('usage' in chunk ? 'u' : '-')).join('');
  expect(await having('missing')).toBe('-----------');
  expect(await having('final-only')).toBe('-----------u');
  expect(await having('unfinished')).toBe('uuuuuuuuuuu');
  expect(worker.receipts().map((receipt) => receipt.usageTold)).toEqual([false, true, false]);
  expect(await (await post(worker.url, body({}, { usage: 'missing' }))).json()).not.toHaveProperty('usage');
});

test('role, index and envelope can be left out', async () => {
  const { chunks } = await stream(worker.url, { max_tokens: 3 }, { noRole: true, noIndex: true, noEnvelope: true });
  expect(chunks).toHaveLength(3);
  expect(chunks.some((chunk) => chunk.id ?? chunk.model ?? chunk.choices[0]?.index ?? chunk.choices[0]?.delta?.role)).toBe(false);
});

test.each([
  [{ crlf: true }, /\r\n\r\n/],
  [{ comments: true }, /: a comment\n/],
  [{ writeBytes: 1 }, /data/],
  [{ writeBytes: 7, crlf: true, comments: true }, /\r\n:another/],
])('%j reads the same for a parser', async (demo, pattern) => {
  const plain = await stream(worker.url, continuous, { multibyte: true });
  const odd = await stream(worker.url, continuous, { multibyte: true, ...demo });
  expect(textOf(odd)).toBe(textOf(plain));
  expect(odd.done).toBe(true);
  expect(odd.raw).toMatch(pattern);
});

test('splitUtf8 ends writes inside characters', async () => {
  const response = await post(worker.url, body({ stream: true, max_tokens: 60, messages: [{ role: 'user', content: 'sea' }] }, { splitUtf8: true }));
  let broken = 0;
  for await (const bytes of response.body!) if (new TextDecoder().decode(bytes).includes('\ufffd')) broken++;
  expect(broken).toBeGreaterThan(10);
  expect(textOf(await stream(worker.url, { max_tokens: 60 }, { splitUtf8: true }))).toBe(textOf(await stream(worker.url, { max_tokens: 60 }, { multibyte: true })));
});

test.each([400, 429, 500, 503])('status %i comes with the error body of the engine', async (status) => {
  const response = await post(worker.url, body({ stream: true }, { status, retryAfter: 7 }));
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7']);
  expect(await response.json()).toMatchObject({ error: { code: status } });
  expect(worker.receipts()).toMatchObject([{ status, outputTokens: 0, finished: false, aborted: false }]);
});

test('an error body, an error event and a page can quote the prompt', async () => {
  const canary = { messages: [{ role: 'user', content: 'canary-77' }] };
  for (const demo of [{ status: 400 }, { html: true, status: 502 }]) expect(await (await post(worker.url, body(canary, { echo: true, ...demo }))).text()).toContain('canary-77');
  expect((await stream(worker.url, canary, { echo: true, errorAfter: 0 })).raw).toContain('canary-77');
});

test('an HTML page comes with status 200 unless told otherwise', async () => {
  const response = await post(worker.url, body({}, { html: true }));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('answers that are not streamed break in their own ways', async () => {
  await expect((await post(worker.url, body({}, { abortAfter: 1 }))).text()).rejects.toThrow('terminated');
  await expect((await post(worker.url, body({}, { malformedAfter: 1 }))).json()).rejects.toThrow(/JSON/);
  expect(await (await post(worker.url, body({}, { endAfter: 1 }))).text()).toBe('');
  const error = await post(worker.url, body({}, { errorAfter: 1 }));
  expect([error.status, await error.json()]).toMatchObject([200, { error: {} }]);
  expect(worker.receipts().every((receipt) => receipt.outputTokens === 0 && !receipt.finished)).toBe(true);
});

test('the next requests can be made to fail, whatever they ask for', async () => {
  const set = await post(worker.url, JSON.stringify({ count: 2, demo: { status: 503 } }), '/demo/faults');
  expect(await set.json()).toEqual({ pending: 2 });
  worker.faults(1, { status: 429 });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) statuses.push((await post(worker.url, body({}, { tag: `t${i}` }))).status);
  expect(statuses).toEqual([503, 503, 429, 200]);
  expect(worker.receipts('t2')).toMatchObject([{ status: 429 }]);
  expect((await post(worker.url, JSON.stringify({ demo: { stat: 503 } }), '/demo/faults')).status).toBe(400);
});

test('a recorded request shows its headers, its body byte for byte, and its salt', async () => {
  const text = `{"model":"demo",  "messages":[{"role":"user","content":"\\u0041"}],"max_tokens":1, "cache_salt":"s1"}`;
  await post(worker.url, text, undefined, { headers: { 'X-Odd': 'kept', 'content-type': 'application/json' } });
  const [recorded] = worker.requests();
  expect(recorded).toMatchObject({ method: 'POST', path: '/v1/chat/completions', body: text, cacheSalt: 's1' });
  expect(recorded?.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`)).toContain('x-odd: kept');
  expect(await (await fetch(`${worker.url}/demo/requests`)).json()).toEqual({ record: true, requests: worker.requests() });
  await fetch(`${worker.url}/demo`, { method: 'DELETE' });
  expect([worker.requests(), worker.receipts()]).toEqual([[], []]);
});

test('a stall can end', async () => {
  const answer = await readEvents(await post(worker.url, body({ stream: true, max_tokens: 5 }, { stallAfter: 0, stallMs: 20 })));
  expect(answer.done).toBe(true);
  expect(answer.chunks[0]?.choices[0]?.delta?.role).toBe('assistant');
});
