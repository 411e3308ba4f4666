import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { affordableOutput, charge, chargeBound, type Rates } from './index.ts';

const rate = fc.bigInt({ min: 0n, max: 10n ** 9n });
const rates: fc.Arbitrary<Rates> = fc.record({ inputPico: rate, cachedPico: rate, outputPico: rate });
const tokens = fc.bigInt({ min: 0n, max: 10n ** 9n });
const counts = fc.record({ input: tokens, cached: tokens, output: tokens });

test('a charge is rounded up to the next nano-USD', () => {
  const cheap: Rates = { inputPico: 1n, cachedPico: 0n, outputPico: 0n };
  expect(charge(cheap, { input: 0n, cached: 5n, output: 0n })).toBe(0n);
  expect(charge(cheap, { input: 1n, cached: 0n, output: 0n })).toBe(1n);
  expect(charge(cheap, { input: 1000n, cached: 0n, output: 0n })).toBe(1n);
  expect(charge(cheap, { input: 1001n, cached: 0n, output: 0n })).toBe(2n);
});

test('a charge grows with each of its counts', () => {
  fc.assert(
    fc.property(rates, counts, counts, (price, a, b) => {
      const sum = { input: a.input + b.input, cached: a.cached + b.cached, output: a.output + b.output };
      expect(charge(price, sum)).toBeGreaterThanOrEqual(charge(price, a));
      // Splitting a request costs at most one nano-USD more than the whole.
      expect(charge(price, a) + charge(price, b) - charge(price, sum)).toBeGreaterThanOrEqual(0n);
      expect(charge(price, a) + charge(price, b) - charge(price, sum)).toBeLessThanOrEqual(1n);
    }),
  );
});

test('the bound covers every split of the prompt into cached and not', () => {
  fc.assert(
    fc.property(rates, tokens, tokens, fc.double({ min: 0, max: 1, noNaN: true }), (price, input, output, share) => {
      const cached = (input * BigInt(Math.floor(share * 1000))) / 1000n;
      expect(charge(price, { input: input - cached, cached, output })).toBeLessThanOrEqual(chargeBound(price, input, output));
    }),
  );
});

test('the bound is what the prompt costs at the dearer of its two rates', () => {
  fc.assert(
    fc.property(rates, tokens, tokens, (price, input, output) => {
      const asNew = charge(price, { input, cached: 0n, output });
      const asCached = charge(price, { input: 0n, cached: input, output });
      expect(chargeBound(price, input, output)).toBe(asNew > asCached ? asNew : asCached);
    }),
  );
});

test('what is affordable is covered, and one token more is not', () => {
  const positive = rates.filter((price) => price.outputPico >= 1000n);
  fc.assert(
    fc.property(positive, tokens, fc.bigInt({ min: 0n, max: 10n ** 15n }), (price, input, budget) => {
      fc.pre(chargeBound(price, input, 0n) <= budget);
      const output = affordableOutput(price, input, budget);
      expect(chargeBound(price, input, output)).toBeLessThanOrEqual(budget);
      // Rounding up the input alone may cost two tokens' worth at most.
      expect(chargeBound(price, input, output + 2n)).toBeGreaterThan(budget);
    }),
  );
});
