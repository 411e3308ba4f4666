import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { centsOfNano, nanoOfCents, shareOfCredit } from './cents.ts';

test('cents become nano-USD and back, exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (cents) => {
      expect(centsOfNano(nanoOfCents(cents))).toBe(cents);
    }),
  );
  expect(nanoOfCents(1)).toBe(10_000_000n);
});

test('what is no whole number of cents is not rounded', () => {
  expect(centsOfNano(10_000_001n)).toBeUndefined();
  for (const cents of [1.5, Number.NaN, Infinity, 2 ** 53]) expect(() => nanoOfCents(cents)).toThrow('whole number');
});

test('a full return takes the whole credit, whatever taxes and discounts were; parts never take more', () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 12n });
  fc.assert(
    fc.property(amounts, amounts, fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 9 }), (amountNano, paidNano, weights) => {
      const credit = { amountNano, paidNano };
      expect(shareOfCredit(paidNano, credit)).toBe(amountNano);
      const total = BigInt(weights.reduce((sum, one) => sum + one, 0));
      const parts = weights.map((one) => (paidNano * BigInt(one)) / total);
      const taken = parts.reduce((sum, part) => sum + shareOfCredit(part, credit), 0n);
      expect(taken <= amountNano).toBe(true);
    }),
  );
});
