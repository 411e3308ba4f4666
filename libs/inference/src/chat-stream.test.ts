import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WorkerAnswer, ChatStream, normalizeUsage, StreamError, type ChatStreamOptions, type TokenUsage } from './index.ts';

const fallback = { id: 'chatcmpl-fallback', created: 1_700_000_000, model: 'asked-model' };

interface Delta {
  role?: string;
  tool_calls?: object[];
  [other: string]: unknown;
}
interface Choice {
  index?: number;
  delta?: Delta;
  finish_reason?: string | null;
  [other: string]: unknown;
}
interface Chunk {
  id?: string;
  created?: number;
  model?: string;
  choices?: Choice[];
  usage?: unknown;
  [other: string]: unknown;
}

/** The slow twin: every chunk is parsed, repaired and serialised again. */
class ReadableTwin {
  #id: string | undefined;
  #created: number | undefined;
  #model: string | undefined;
  readonly #roles = new Set<number>();
  readonly #outputs = new Map<number, number>();
  #prompt = { input: 0, cached: 0 };
  #total: TokenUsage | undefined;
  #exact = false;
  counted = 0;
  readonly #options: ChatStreamOptions;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
  }

  get usage() {
    if (this.#total) return this.#total;
    return this.#exact ? { ...this.#prompt, output: [...this.#outputs.values()].reduce((a, b) => a + b, 0), hostile: false } : { input: 0, cached: 0, output: this.counted, hostile: false };
  }

  read(text: string): unknown {
    const chunk = JSON.parse(text) as Chunk;
    this.#id ??= chunk.id || fallback.id;
    this.#created ??= chunk.created ?? fallback.created;
    this.#model ??= chunk.model || fallback.model;
    const choices = (chunk.choices ?? []).map((choice, position) => this.#choice(choice, position));
    const usage = normalizeUsage(chunk.usage);
    if (usage) this.#take(usage, choices);
    if (usage && choices.length === 0) return undefined;
    const { usage: _, ...rest } = chunk;
    return { ...rest, id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model, choices, ...(this.#options.showUsage ? { usage: null } : {}) };
  }

  #choice(choice: Choice, position: number) {
    const index = choice.index ?? position;
    const delta: Delta = { ...choice.delta };
    if (!this.#roles.has(index)) delta.role ||= 'assistant';
    else if (delta.role === '') delete delta.role;
    this.#roles.add(index);
    if (delta.tool_calls) delta.tool_calls = delta.tool_calls.map((call, i) => ({ index: i, ...call }));
    return { ...choice, index, delta, finish_reason: choice.finish_reason ?? null };
  }

  #take(usage: TokenUsage, choices: readonly { index: number }[]): void {
    this.#exact = true;
    if (choices.length !== 1 || this.#options.usageIsTotal) {
      this.#total = usage;
      return;
    }
    this.#total = undefined;
    const { index } = choices[0]!;
    this.#outputs.set(index, Math.max(this.#outputs.get(index) ?? 0, usage.output));
    if (usage.input + usage.cached > 0) this.#prompt = usage;
  }

  count(text: string): void {
    const { choices = [] } = JSON.parse(text) as { choices?: { delta?: Record<string, unknown> }[] };
    const empty = choices.every(({ delta = {} }) => Object.entries(delta).every(([name, value]) => name === 'role' || value === '' || value === null));
    if (!empty) this.counted++;
  }
}

const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('","usage":{"prompt_tokens":1,"completion_tokens":1}}', '"index":', ',"delta":{', '"finish_reason":', ' a'));
const delta = fc.oneof(
  { weight: 6, arbitrary: text.map((content) => ({ content })) },
  { weight: 1, arbitrary: fc.constantFrom({}, { content: '' }, { role: 'assistant', content: '' }, { role: '', content: 'x' }) },
  { weight: 1, arbitrary: text.map((reasoning) => ({ reasoning_content: reasoning })) },
  { weight: 1, arbitrary: fc.tuple(text, fc.boolean()).map(([args, withIndex]) => ({ tool_calls: [{ ...(withIndex ? { index: 0 } : {}), function: { arguments: args } }] })) },
);

interface Plan {
  readonly style: 'vllm' | 'llamacpp' | 'bare';
  readonly choiceCount: number;
  readonly steps: readonly { readonly choice: number; readonly delta: Record<string, unknown>; readonly finish: boolean; readonly usage: 'none' | 'null' | 'counts' }[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  style: fc.constantFrom('vllm', 'llamacpp', 'bare'),
  choiceCount: fc.constantFrom(1, 1, 3),
  steps: fc.array(fc.record({ choice: fc.nat({ max: 2 }), delta, finish: fc.boolean().map((b) => b), usage: fc.constantFrom('none', 'null', 'counts', 'counts') }), { maxLength: 25 }),
});

/** Chunks as an engine would write them. */
function chunksOf({ style, choiceCount, steps }: Plan): string[] {
  const outputs = [0, 0, 0];
  const chunks = steps.map(({ choice, delta: given, finish, usage }, i) => {
    const index = choice % choiceCount;
    outputs[index]!++;
    const counts = usage === 'none' ? {} : { usage: usage === 'null' ? null : { prompt_tokens: 7, total_tokens: 7 + outputs[index]!, completion_tokens: outputs[index] } };
    const reason = finish && i > steps.length - 4 ? 'stop' : null;
    const written = {
      vllm: { id: 'c-1', object: 'chat.completion.chunk', created: 5, model: 'm', choices: [{ index, delta: given, logprobs: null, finish_reason: reason }], ...counts },
      llamacpp: { choices: [{ finish_reason: reason, index, delta: given }], created: 5, id: 'c-1', model: 'm', system_fingerprint: 'b1', object: 'chat.completion.chunk', ...counts },
      bare: { ...(i % 3 === 0 ? { id: `c-${i}`, model: i === 0 ? 'm' : 'other' } : {}), choices: [{ delta: given }], ...counts },
    };
    return written[style];
  });
  const last = style === 'bare' ? [] : [{ id: 'c-1', object: 'chat.completion.chunk', created: 5, model: 'm', choices: [], usage: { prompt_tokens: 7, total_tokens: 30, completion_tokens: 23, prompt_tokens_details: { cached_tokens: 5 } } }];
  return [...chunks, ...last].map((chunk) => JSON.stringify(chunk));
}

test('the fast way and the readable twin give the same chunks and the same counts after each', () => {
  fc.assert(
    fc.property(plan, fc.boolean(), fc.boolean(), (planned, showUsage, usageIsTotal) => {
      const options = { kind: 'chat' as const, showUsage, usageIsTotal, fallback };
      const stream = new ChatStream(options);
      const twin = new ReadableTwin(options);
      for (const chunk of chunksOf(planned)) {
        const out = stream.read(Buffer.from(chunk));
        twin.count(chunk);
        const expected = twin.read(chunk);
        expect(out === undefined ? undefined : JSON.parse(out.toString())).toEqual(expected);
        expect(stream.usage).toEqual(twin.usage);
        expect(stream.output).toBe(twin.usage.output);
      }
    }),
    { numRuns: 2000 },
  );
});

const chunk = (content: string, usage = '') => Buffer.from(`{"id":"c-1","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":null}]${usage}}`);
const role = () => Buffer.from(chunk('').toString().replace('{"content"', '{"role":"assistant","content"'));

test('the usual chunk is passed on as a view of its own bytes, with usage cut off', () => {
  const stream = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback });
  stream.read(role());
  const bytes = chunk('é', ',"usage":{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}');
  const out = stream.read(bytes)!;
  expect(out.buffer === bytes.buffer && out.byteOffset === bytes.byteOffset).toBe(true);
  expect(out.toString()).toBe(chunk('é').toString());
});

test('a first chunk with fields of its own does not keep the following ones from the fast way', () => {
  const stream = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback });
  stream.read(Buffer.from(role().toString().replace(/}$/, ',"prompt_token_ids":null}')));
  stream.read(chunk('a'));
  const bytes = chunk('b');
  expect(stream.read(bytes)?.buffer).toBe(bytes.buffer);
  // Only the fast way, which does not parse, can pass on what is no JSON.
  expect(stream.read(chunk('\u0001'))?.includes(1)).toBe(true);
});

test('a client that asked for usage gets null in every chunk and what is billed, with its cost, at the end', () => {
  const stream = new ChatStream({ kind: 'chat', showUsage: true, usageIsTotal: false, fallback });
  const usages = [role(), chunk('a', ',"usage":{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}'), chunk('b'), chunk('c', ',"usage":null')].map((bytes) => (JSON.parse(stream.read(bytes)!.toString()) as { usage: unknown }).usage);
  expect(usages).toEqual([null, null, null, null]);
  expect(stream.read(Buffer.from('{"id":"c-1","object":"chat.completion.chunk","created":5,"model":"m","choices":[],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3,"cost":99,"extra":1}}'))).toBeUndefined();
  const last = JSON.parse(stream.closing(stream.usage, '0.0000015')[0]!.toString()) as object;
  expect(last).toEqual({ id: 'c-1', object: 'chat.completion.chunk', created: 5, model: 'm', choices: [], usage: { prompt_tokens: 9, total_tokens: 12, completion_tokens: 3, extra: 1, cost: 0.0000015 } });
});

test('a stream that is cut ends each open choice with the reason length', () => {
  const stream = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback });
  expect(JSON.parse(stream.cutEvents()[0]!.toString())).toMatchObject({ id: fallback.id, choices: [{ index: 0, delta: {}, finish_reason: 'length' }] });
  stream.read(Buffer.from(role().toString().replace('"index":0', '"index":1')));
  stream.read(role());
  stream.read(Buffer.from(chunk('x').toString().replace('"finish_reason":null', '"finish_reason":"stop"')));
  expect((JSON.parse(stream.cutEvents()[0]!.toString()) as { choices: unknown }).choices).toEqual([{ index: 1, delta: {}, finish_reason: 'length' }]);
});

test('a chunk that is not JSON, and one that reports an error, are told apart and quoted by neither', () => {
  for (const [bytes, reason] of [['{"canary', 'invalid_chunk'], ['["canary"]', 'invalid_chunk'], ['{"error":{"message":"canary"}}', 'error_chunk']] as const) {
    const error = (() => {
      try {
        return new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback }).read(Buffer.from(bytes));
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({ reason });
    expect(String(error)).not.toContain('canary');
  }
});

test.each(['[1]', '[{}]', '1.5', '"x"', '{"prompt_tokens":1.5,"completion_tokens":1}', '{"a":[1]}', '{"a":{"b":{}}}'])('usage %s is taken out of a chunk like those before it, whatever it is', (usage) => {
  const stream = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback });
  stream.read(role());
  stream.read(chunk('a', ''));
  const behind = stream.read(chunk('b', `,"usage":${usage}`))!;
  expect(JSON.parse(behind.toString())).toEqual(JSON.parse(chunk('b', '').toString()));
});

test('hostile usage is told, and what was counted stays known', () => {
  const stream = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal: false, fallback });
  stream.read(role());
  stream.read(chunk('a', ',"usage":{"prompt_tokens":-9,"total_tokens":10,"completion_tokens":1000000000000}'));
  expect(stream.usage.hostile).toBe(true);
  expect(stream.countedOutput).toBe(1);
});

test('a whole answer shows its cost, and only ours', () => {
  const body = (usage: string) => Buffer.from(`{"id":"x","choices":[],"usage":${usage},"kv_transfer_params":null}`);
  const costOf = (usage: string) => (JSON.parse(WorkerAnswer.read(body(usage)).priced('0.5').toString()) as { usage: unknown }).usage;
  expect(costOf('{"prompt_tokens":1,"completion_tokens":2}')).toEqual({ prompt_tokens: 1, completion_tokens: 2, cost: 0.5 });
  expect(costOf('{"prompt_tokens":1,"completion_tokens":2,"cost":7}')).toEqual({ prompt_tokens: 1, completion_tokens: 2, cost: 0.5 });
  expect(costOf('null')).toBeNull();
  expect(WorkerAnswer.read(body('{"prompt_tokens":1,"completion_tokens":2}')).usage).toEqual({ input: 1, cached: 0, output: 2, hostile: false });
  expect(() => WorkerAnswer.read(Buffer.from('<html>'))).toThrow('not valid');
});
