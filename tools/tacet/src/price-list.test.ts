import { expect, test } from '@jest/globals';
import { InvalidFileError } from './invalid-file-error.ts';
import { parsePicoPerToken, parsePriceList, toModelPrices } from './price-list.ts';

const model = (over = '', prices = 'input: "0.10", cached: "0.05", output: "0.20"') => `models:
  - id: small
    context_tokens: 8192
    output_default: 1024
    overhead_tokens: 64
    media_tokens_max: 0
    usd_per_million_tokens: { ${prices} }
${over}`;

function problemsOf(text: string): readonly string[] {
  try {
    parsePriceList(text, 'models.yaml');
  } catch (error) {
    if (error instanceof InvalidFileError) return error.problems;
    throw error;
  }
  return [];
}

test('a price list is read into pico-USD per token, as billing takes it', () => {
  const [small] = parsePriceList(model(), 'models.yaml');
  expect(small).toEqual({
    id: 'small',
    contextTokens: 8192,
    outputDefault: 1024,
    overheadTokens: 64,
    mediaTokensMax: 0,
    inputPico: 100_000n,
    cachedPico: 50_000n,
    outputPico: 200_000n,
  });
  expect(toModelPrices(small!)).toEqual({
    model: { modelId: 'small', contextTokens: 8192, outputDefault: 1024, overheadTokens: 64, mediaTokensMax: 0 },
    inputPico: '100000',
    cachedPico: '50000',
    outputPico: '200000',
  });
});

test.each([
  ['1', 1_000_000n],
  ['0', 0n],
  ['0.000001', 1n],
  ['123456.654321', 123_456_654_321n],
])('%s USD per million tokens is %d pico-USD per token', (usd, pico) => {
  expect(parsePicoPerToken(usd)).toBe(pico);
});

test('every problem of a file is told at once, by path and rule', () => {
  const text = `
models:
  - id: "with space"
    context_tokens: 8192.5
    output_default: 0
    overhead_tokens: "64"
    media_tokens_max: 0
    colour: red
    usd_per_million_tokens: { input: 0.10, cached: "0.0000001", output: "-1" }
  - id: small
    context_tokens: 10
    output_default: 11
    overhead_tokens: 0
    media_tokens_max: 200000000
    usd_per_million_tokens: { input: "1" }
  - id: small
currency: USD
`;
  expect(problemsOf(text).toSorted()).toEqual([
    'currency: is not a known field',
    'models[0].colour: is not a known field',
    'models[0].context_tokens: must be a whole number',
    'models[0].id: must be 1 to 256 bytes without spaces and control characters',
    'models[0].output_default: must be at least 1',
    'models[0].overhead_tokens: must be a number',
    'models[0].usd_per_million_tokens.cached: must be a decimal number with at most 6 digits before and 6 after the point, such as "0.10"',
    'models[0].usd_per_million_tokens.input: must be a decimal number in quotes, such as "0.10"',
    'models[0].usd_per_million_tokens.output: must be a decimal number with at most 6 digits before and 6 after the point, such as "0.10"',
    'models[1].media_tokens_max: must be at most 100000000',
    'models[1].output_default: must be at most context_tokens',
    'models[1].usd_per_million_tokens.cached: is required',
    'models[1].usd_per_million_tokens.output: is required',
    'models[2].context_tokens: is required',
    'models[2].id: is the same as models[1].id',
    'models[2].media_tokens_max: is required',
    'models[2].output_default: is required',
    'models[2].overhead_tokens: is required',
    'models[2].usd_per_million_tokens: is required',
  ]);
});

test.each(['1e3', '.5', '5.', '+1', '1_000', '0x1', ' 1', '1,5', 'NaN', ''])('%j is not a price', (price) => {
  expect(problemsOf(model('', `input: "${price}", cached: "0", output: "0"`))).toHaveLength(1);
});

test.each([
  ['', ['the file: must be an object']],
  ['models: []', ['models: must have at least 1 elements']],
  ['models: {}', ['models: must be an array']],
  ['models: [', ['line 1: is not valid YAML (bad indent)']],
  [model('models: []'), ['line 8: is not valid YAML (duplicate key)']],
])('%j is told what is wrong', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test('a model id is counted in bytes', () => {
  expect(problemsOf(model().replace('small', 'é'.repeat(128)))).toEqual([]);
  expect(problemsOf(model().replace('small', 'é'.repeat(129)))).toHaveLength(1);
});
