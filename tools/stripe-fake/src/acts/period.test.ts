import { expect, test } from '@jest/globals';
import { periodEnd } from './period.ts';

const at = (text: string) => Date.parse(text) / 1_000;
const day = (seconds: number) => new Date(seconds * 1_000).toISOString();

test('a month that is too short ends on its last day, and the next keeps the day of the anchor', () => {
  const anchor = at('2027-01-31T10:11:12Z');
  const monthly = { interval: 'month', interval_count: 1 } as const;
  expect([1, 2, 3, 13].map((n) => day(periodEnd(anchor, monthly, n)))).toEqual(['2027-02-28T10:11:12.000Z', '2027-03-31T10:11:12.000Z', '2027-04-30T10:11:12.000Z', '2028-02-29T10:11:12.000Z']);
});

test('days, weeks, quarters and years are what they say', () => {
  const anchor = at('2028-02-29T00:00:00Z');
  expect(day(periodEnd(anchor, { interval: 'day', interval_count: 3 }, 2))).toBe('2028-03-06T00:00:00.000Z');
  expect(day(periodEnd(anchor, { interval: 'week', interval_count: 1 }, 1))).toBe('2028-03-07T00:00:00.000Z');
  expect(day(periodEnd(anchor, { interval: 'month', interval_count: 3 }, 1))).toBe('2028-05-29T00:00:00.000Z');
  expect(day(periodEnd(anchor, { interval: 'year', interval_count: 1 }, 1))).toBe('2029-02-28T00:00:00.000Z');
});
