import { afterEach, expect, test } from '@jest/globals';
import type { Engine } from './engine.ts';
import { isLoopback } from './is-loopback.ts';
import { startServer, type LocalServer } from './start-server.ts';

/** Stands in for the engine, which is not ours: it says the alphabet, a letter a pull, and counts what it was asked to do. */
function alphabet(length = 26) {
  const state = { pulled: 0, cleared: 0 };
  const engine: Engine = {
    contextTokens: 40,
    tokenize: (messages) => messages.flatMap(({ content }) => [...content].map((letter) => letter.charCodeAt(0))),
    detokenize: (tokens) => String.fromCharCode(...tokens),
    isEnd: (token) => token === 0,
    async *generate(_prompt, _sampling, signal) {
      try {
        for (let at = 0; !signal.aborted; at++) {
          // A turn of the event loop for each token, as the real one takes.
          await new Promise((resolve) => setImmediate(resolve));
          state.pulled++;
          yield at < length ? 97 + (at % 26) : 0;
        }
      } finally {
        state.cleared++;
      }
    },
    dispose: async () => undefined,
  };
  return { engine, state };
}

let server: LocalServer;
const told: string[] = [];

async function start(engine: Engine, queueLengthMax = 2): Promise<void> {
  server = await startServer({ engine, model: 'm', host: '127.0.0.1', port: 0, queueLengthMax, tell: (line) => told.push(line) });
}

function ask(fields: object = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }], ...fields }), ...init });
}

async function until(probe: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + 5_000; !(await probe()); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (performance.now() > end) throw new Error('not so after 5 s');
  }
}

const metrics = async () => await (await fetch(`${server.url}/metrics`)).text();

afterEach(() => server.stop());

test('an answer counts its prompt and every token drawn, the end token too', async () => {
  const { engine, state } = alphabet(5);
  await start(engine);
  expect(await (await ask()).json()).toMatchObject({ choices: [{ message: { content: 'abcde' }, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 } });
  expect(await (await ask({ max_tokens: 3 })).json()).toMatchObject({ choices: [{ message: { content: 'abc' }, finish_reason: 'length' }], usage: { completion_tokens: 3 } });
  expect(state).toEqual({ pulled: 9, cleared: 2 });
});

test('a stream is shaped as vLLM shapes it, with usage on every chunk when that is asked for', async () => {
  const { engine } = alphabet(3);
  await start(engine);
  const text = await (await ask({ stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } })).text();
  const events = text.trim().split('\n\n').map((event) => event.replace(/^data: /, ''));
  expect(events.at(-1)).toBe('[DONE]');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as { choices: { delta: object; finish_reason: string | null }[]; usage: { completion_tokens: number } });
  expect(chunks.map((chunk) => chunk.usage.completion_tokens)).toEqual([0, 1, 2, 3, 4, 4]);
  expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([null, null, null, null, 'stop', undefined]);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
  expect(await (await ask({ stream: true })).text()).not.toContain('usage');
});

test('text held back for a stop string is counted by the next usage', async () => {
  const { engine } = alphabet();
  await start(engine);
  const text = await (await ask({ stream: true, stop: ['cde', 'bcx'], stream_options: { include_usage: true, continuous_usage_stats: true } })).text();
  expect([...text.matchAll(/"content":"(.*?)".*?"completion_tokens":(\d+)/g)].map(([, content, tokens]) => [content, Number(tokens)])).toEqual([['', 0], ['a', 1], ['b', 4], ['', 5]]);
  expect(text).toContain('"finish_reason":"stop","stop_reason":"cde"');
});

test('text held back at the end of an answer is sent with its end', async () => {
  await start(alphabet().engine);
  expect(await (await ask({ max_tokens: 3, stop: ['cx'] })).json()).toMatchObject({ choices: [{ message: { content: 'abc' }, finish_reason: 'length', stop_reason: null }] });
});

test('a client that leaves stops the model within a token, and everything it left is cleared', async () => {
  const { engine, state } = alphabet(Number.POSITIVE_INFINITY);
  await start({ ...engine, contextTokens: 1_000_000_000 });
  const leaving = new AbortController();
  const response = await ask({ stream: true }, { signal: leaving.signal });
  await response.body!.getReader().read();
  const whole = ask({}, { signal: leaving.signal }).catch(() => undefined);
  await until(async () => (await metrics()).includes('num_requests_waiting{engine="0",model_name="m"} 1'));
  leaving.abort();
  await whole;
  await until(() => state.cleared === 1);
  const { pulled } = state;
  expect(await metrics()).toMatch(/num_requests_running\{[^}]*\} 0\n[^]*num_requests_waiting\{[^}]*\} 0\n[^]*prompt_tokens_total\{[^}]*\} 5\n/);
  expect(state.pulled).toBe(pulled);
  expect(told).toEqual([]);
});

test('a full queue is 429 and says when to come back', async () => {
  const { engine, state } = alphabet(Number.POSITIVE_INFINITY);
  await start({ ...engine, contextTokens: 1_000_000_000 }, 1);
  const leaving = new AbortController();
  const first = await ask({ stream: true }, { signal: leaving.signal });
  const second = ask({ max_tokens: 2 });
  await until(async () => (await metrics()).includes('num_requests_waiting{engine="0",model_name="m"} 1'));
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  leaving.abort();
  await first.text().catch(() => undefined);
  expect((await second).status).toBe(200);
  expect(state.cleared).toBe(2);
});

test('a prompt and limit that the context has no room for are refused before anything is computed', async () => {
  const { engine, state } = alphabet();
  await start(engine);
  const refused = await ask({ max_tokens: 36 });
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { message: expect.stringContaining('40 tokens'), code: 400 } }]);
  expect((await ask({ messages: [{ role: 'user', content: 'x'.repeat(40) }] })).status).toBe(400);
  expect(state.pulled).toBe(0);
  // Without a limit the answer ends where the context does.
  expect(await (await ask({ messages: [{ role: 'user', content: 'x'.repeat(39) }] })).json()).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { total_tokens: 40 } });
});

test('an engine that fails is 500, or an error inside the stream without [DONE], and what is told of it holds no text', async () => {
  const { engine } = alphabet();
  const failing: Engine = {
    ...engine,
    async *generate() {
      yield 97;
      throw new RangeError('canary');
    },
  };
  await start(failing);
  expect((await ask()).status).toBe(500);
  const text = await (await ask({ stream: true })).text();
  expect(text).toContain('"error":{"message":"The engine failed."');
  expect(text).not.toContain('[DONE]');
  expect(told.splice(0)).toEqual(['a request failed: RangeError', 'a request failed: RangeError']);
});

test('models, health and unknown routes', async () => {
  await start(alphabet().engine);
  expect(await (await fetch(`${server.url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'm', max_model_len: 40 }] });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect((await fetch(`${server.url}/v1/other`)).status).toBe(404);
  expect((await ask({ messages: [{ role: 'user', content: 'x'.repeat(5_000_000) }] })).status).toBe(413);
});

test('only loopback addresses are loopback', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', '', '1270.0.0.1'].some(isLoopback)).toBe(false);
});
