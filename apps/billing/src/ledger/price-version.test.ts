import { expect, test } from '@jest/globals';
import { priceVersionOf } from './price-version.ts';

const content = { modelId: 'llama', inputPico: 100_000n, cachedPico: 50_000n, outputPico: 200_000n };

test('the same content is the same version, on every deployment', () => {
  expect(priceVersionOf(content, 0)).toBe(priceVersionOf({ ...content }, 0));
  // Pinned: prices that edges hold must keep their meaning across releases.
  expect(priceVersionOf(content, 0)).toBe(1_459_385_149);
});

test('every part of the content makes another version', () => {
  const versions = [
    content,
    { ...content, modelId: 'llama2' },
    { ...content, inputPico: 1n },
    { ...content, cachedPico: 1n },
    { ...content, outputPico: 1n },
  ].map((one) => priceVersionOf(one, 0));
  expect(new Set([...versions, priceVersionOf(content, 1)]).size).toBe(6);
  for (const version of versions) expect(version).toBeGreaterThan(0);
});
