import { expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { collect, countMax, parseAmount, parseCount, parseExpiry, parsePositiveAmount, parseTime } from './argument-parsers.ts';

test('amounts are decimal USD and never floating', () => {
  expect(parseAmount('12.50')).toBe(12_500_000_000n);
  expect(parseAmount('0.000000001')).toBe(1n);
  expect(parsePositiveAmount('90071992.547409931')).toBe(90_071_992_547_409_931n);
});

test.each(['-1', '1e3', '$5', '1.0000000001', ''])('%j is no amount', (text) => {
  expect(() => parseAmount(text)).toThrow(InvalidArgumentError);
});

test('a grant is more than nothing', () => {
  expect(parseAmount('0')).toBe(0n);
  expect(() => parsePositiveAmount('0.00')).toThrow(InvalidArgumentError);
});

test('counts are whole and fit 32 bits', () => {
  expect(parseCount(String(countMax))).toBe(countMax);
  for (const text of ['-1', '1.5', '4294967296', 'many', '']) expect(() => parseCount(text)).toThrow(InvalidArgumentError);
});

test('a time is a date of UTC or a time with its zone', () => {
  expect(parseTime('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
  expect(parseTime('2026-01-31T12:00:00+02:00')).toBe(Date.UTC(2026, 0, 31, 10));
  for (const text of ['2026-02-31', '2026-1-1', 'tomorrow', '2026-01-31T12:00:00', '2026-13-01'])
    expect(() => parseTime(text)).toThrow(InvalidArgumentError);
});

test('an expiry may be a span from now', () => {
  expect(parseExpiry('30d')(1_000)).toBe(1_000 + 30 * 86_400_000);
  expect(parseExpiry('12h')(0)).toBe(43_200_000);
  expect(parseExpiry('2026-01-31')(5)).toBe(Date.UTC(2026, 0, 31));
  expect(() => parseExpiry('30m')).toThrow(InvalidArgumentError);
});

test('a repeated option is collected', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b']);
});
