import { expect, test } from '@jest/globals';
import { formatUsdPerMillion, toCatalogue } from './describe-models.ts';
import { priceChange } from './price-change.ts';

const model = {
  id: 'a',
  contextTokens: 10,
  outputDefault: 5,
  overheadTokens: 1,
  mediaTokensMax: 0,
  inputPico: 1n,
  cachedPico: 2n,
  outputPico: 3n,
};
const wire = { modelId: 'a', contextTokens: 10, outputDefault: 5, overheadTokens: 1, mediaTokensMax: 0, priceVersion: 7 };
const price = (priceVersion: number, inputPico = '1') => ({
  priceVersion,
  modelId: 'a',
  inputPico,
  cachedPico: '2',
  outputPico: '3',
  effectiveAtMs: '0',
});

test('a model is compared with the price version that it is sold under, not with older ones', () => {
  const [current] = toCatalogue({ models: [wire], prices: [price(6, '9'), price(7)] });
  expect(priceChange(model, current)).toBe('none');
  expect(priceChange({ ...model, outputPico: 4n }, current)).toBe('new_price');
  expect(priceChange({ ...model, outputDefault: 4 }, current)).toBe('new_limits');
  expect(priceChange(model, undefined)).toBe('new_model');
});

test('a model without a price gets one', () => {
  const [current] = toCatalogue({ models: [{ ...wire, priceVersion: 0 }], prices: [price(6)] });
  expect(current?.price).toBeUndefined();
  expect(priceChange(model, current)).toBe('new_price');
});

test('prices are shown in USD per million tokens', () => {
  expect(formatUsdPerMillion(100_000n)).toBe('0.10');
  expect(formatUsdPerMillion(1n)).toBe('0.000001');
});
