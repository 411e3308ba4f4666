import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatUsd, parseUsd } from './index.ts';

test('amounts are read without floating point', () => {
  expect(parseUsd('5')).toBe(5_000_000_000n);
  expect(parseUsd('0.1')).toBe(100_000_000n);
  expect(parseUsd('-0.000000001')).toBe(-1n);
});

test.each(['', '.5', '5.', '1e3', '1,000', ' 5', '0.0000000001', 'NaN', '9999999999'])('%j is refused', (text) => {
  expect(() => parseUsd(text)).toThrow(RangeError);
});

test('what is printed is read back exactly', () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (nano) => expect(parseUsd(formatUsd(nano))).toBe(nano)));
});
