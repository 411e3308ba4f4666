import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeUsage, readTrailingUsage, tokenCountMax, WorkerAnswer } from './index.ts';

test.each([
  ['OpenAI', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } }, { input: 6, cached: 4, output: 5 }],
  ['vLLM', { prompt_tokens: 10, total_tokens: 15, completion_tokens: 5, prompt_tokens_details: null }, { input: 10, cached: 0, output: 5 }],
  ['OpenAI responses', { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 5, total_tokens: 15 }, { input: 6, cached: 4, output: 5 }],
  ['Anthropic', { input_tokens: 6, cache_creation_input_tokens: 2, cache_read_input_tokens: 4, output_tokens: 5 }, { input: 8, cached: 4, output: 5 }],
  ['DeepSeek', { prompt_tokens: 10, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6, completion_tokens: 5 }, { input: 6, cached: 4, output: 5 }],
  ['an explicit zero', { prompt_tokens: 0, completion_tokens: 0 }, { input: 0, cached: 0, output: 0 }],
])('usage of %s is three disjoint counts', (_, usage, counts) => {
  expect(normalizeUsage(usage)).toEqual({ ...counts, hostile: false });
});

test.each([null, undefined, 'usage', 5, [], {}, { cost: 1 }])('%j is no usage', (value) => {
  expect(normalizeUsage(value)).toBeUndefined();
});

test.each([
  [{ prompt_tokens: -5, completion_tokens: 3 }, { input: 0, cached: 0, output: 3 }],
  [{ prompt_tokens: 1e12, completion_tokens: 3 }, { input: tokenCountMax, cached: 0, output: 3 }],
  [{ prompt_tokens: 2, completion_tokens: 3.7 }, { input: 2, cached: 0, output: 3 }],
  [{ prompt_tokens: 2, completion_tokens: Number.NaN }, { input: 2, cached: 0, output: 0 }],
  [{ prompt_tokens: 2, completion_tokens: '1000' }, { input: 2, cached: 0, output: 0 }],
  [{ prompt_tokens: 2, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 9 } }, { input: 0, cached: 2, output: 3 }],
  [{ input_tokens: tokenCountMax, cache_creation_input_tokens: 5, output_tokens: 1 }, { input: tokenCountMax, cached: 0, output: 1 }],
])('hostile usage %j is clamped and told', (usage, counts) => {
  expect(normalizeUsage(usage)).toEqual({ ...counts, hostile: true });
});

const count = fc.oneof(fc.nat({ max: 200_000 }), fc.constantFrom(0, -1, 1.5, 1e12, 1e21, 999_999_999, 1_000_000_000));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const usageObject = fc
  .record({
    prompt_tokens: optional(count),
    total_tokens: optional(count),
    completion_tokens: optional(count),
    prompt_tokens_details: optional(fc.oneof(fc.constant(null), fc.record({ cached_tokens: count }), fc.record({ audio_tokens: count }))),
    completion_tokens_details: optional(fc.record({ reasoning_tokens: count, cached_tokens: count })),
    input_tokens: optional(count),
    prompt_cache_hit_tokens: optional(count),
    estimated: optional(fc.oneof(fc.boolean(), fc.constant('text'))),
  })
  .chain((usage) => fc.shuffledSubarray(Object.entries(usage), { minLength: 0 }).map((entries) => Object.fromEntries(entries)));

test('the fast way reads what the slow way reads, or leaves it to the slow way', () => {
  let fast = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.oneof(usageObject, fc.constant(null)), fc.boolean(), (rest, usage, spaced) => {
      const value = { ...rest, usage };
      const usageText = JSON.stringify(usage);
      const text = spaced ? JSON.stringify(rest).replace(/}$/, `${Object.keys(rest).length > 0 ? ', ' : ''}"usage": ${usageText.replaceAll(',"', ', "').replaceAll('":', '": ')}}`) : JSON.stringify(value);
      const json = Buffer.from(text);
      const read = readTrailingUsage(json);
      if (read === undefined) return;
      fast++;
      expect(read.usage).toEqual(normalizeUsage(usage));
      expect(JSON.parse(`${json.toString('utf8', 0, read.cut)}}`)).toEqual(JSON.parse(JSON.stringify(rest)));
      expect(JSON.parse(json.toString('utf8', read.valueStart, read.valueEnd))).toEqual(JSON.parse(JSON.stringify(usage)));
    }),
    { numRuns: 3000 },
  );
  expect(fast).toBeGreaterThan(300);
});

test('what engines send is read the fast way', () => {
  const chunk = (usage: string) => Buffer.from(`{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":${usage}}`);
  expect(readTrailingUsage(chunk('{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}'))?.usage).toEqual({ input: 9, cached: 0, output: 1, hostile: false });
  expect(readTrailingUsage(chunk('{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":8}}'))?.usage).toEqual({ input: 1, cached: 8, output: 1, hostile: false });
  expect(readTrailingUsage(chunk('null'))).toMatchObject({ usage: undefined });
});

test.each([
  '{"choices":[{"delta":{"content":"x,\\"usage\\":{\\"prompt_tokens\\":1,\\"completion_tokens\\":1}}"}}]}',
  '{"a":{"b":1,"usage":{"prompt_tokens":1,"completion_tokens":1}}}',
  '{"a":1,"usage":{"prompt_tokens":1,"completion_tokens":1},"b":2}',
  '{"a":"1,"}',
  '{"usage":{"prompt_tokens":1,"completion_tokens":1}}',
  '{"a":1,"usage":{"prompt_tokens":1,"completion_tokens":-1}}',
  '{"a":1,"usage":{"prompt_tokens":1}}',
])('%s is left to the slow way', (text) => {
  expect(readTrailingUsage(Buffer.from(text))).toBeUndefined();
});

/** Members as they could stand in a usage object, more than once and in other spellings too. */
const rawMember = fc.constantFrom(
  ...['prompt_tokens', 'prompt\\u005ftokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'prompt_cache_hit_tokens', 'cost'].flatMap((name) => [`"${name}":7`, `"${name}": 12 `, `"${name}":null`]),
  ...['3.5', '-1', '1e3', '999999999', '1000000000', '"9"', '[]'].flatMap((value) => [`"prompt_tokens":${value}`, `"other":${value}`]),
  ...['{"cached_tokens":5}', '{"cached_tokens": 9, "cached_tokens":null}', '{"cached_tokens":null,"text":1}', '{"text":{"cached_tokens":1}}', '{"cached\\u005ftokens":4}', '{"cost":1}', 'true'].flatMap((value) => [`"prompt_tokens_details":${value}`, `"completion_tokens_details":${value}`]),
);
const rawUsage = fc.tuple(fc.array(rawMember, { maxLength: 3 }), fc.boolean()).map(([members, isUsual]) => `{${[...(isUsual ? ['"prompt_tokens":20', '"completion_tokens":4'] : []), ...members].join(',')}}`);

test('a whole answer is read as a parser reads it, whatever its usage looks like, and shows only our cost', () => {
  fc.assert(
    fc.property(rawUsage, fc.constantFrom('', ',"system_fingerprint":null'), (usage, behind) => {
      const answer = WorkerAnswer.read(Buffer.from(`{"choices":["é"],"usage":${usage}${behind}}`));
      const parsed = JSON.parse(usage) as object;
      expect(answer.usage).toEqual(normalizeUsage(parsed));
      const priced = answer.priced('0.5');
      const text = (typeof priced === 'string' ? Buffer.from(priced, 'latin1') : priced).toString();
      expect(JSON.parse(text)).toMatchObject({ choices: ['é'], usage: answer.usage ? { ...parsed, cost: 0.5 } : parsed });
      if (answer.usage) expect(text.replaceAll('{"cost":1}', '').split('"cost"')).toHaveLength(2);
    }),
    { numRuns: 5000 },
  );
});
