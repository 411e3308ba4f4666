import { expect, test } from '@jest/globals';
import { describeValidity } from './describe-validity.ts';
import { judgeSkew } from './judge-skew.ts';
import { splitTarget } from './probe-tls.ts';

test('only what the answer time and the resolution do not explain is held against a clock', () => {
  expect(judgeSkew('c', 10_000, 10_900, 12_000, 1_000).state).toBe('ok');
  expect(judgeSkew('c', 4_000, 10_000, 10_010, 1_000).state).toBe('ok');
  expect(judgeSkew('c', 3_999, 10_000, 10_010, 1_000)).toMatchObject({ state: 'failed', detail: "5 s behind this machine's" });
  expect(judgeSkew('c', 86_410_000, 10_000, 10_000, 0)).toMatchObject({ state: 'failed', detail: "86400 s ahead of this machine's" });
});

test('a certificate is valid between its two times', () => {
  const day = 86_400_000;
  expect(describeValidity(0, 10 * day, day)).toEqual({ valid: true, text: 'valid until 1970-01-11 00:00 UTC (9 days)' });
  expect(describeValidity(0, day, day)).toEqual({ valid: false, text: 'expired on 1970-01-02 00:00 UTC' });
  expect(describeValidity(day, 2 * day, 0).valid).toBe(false);
  expect(describeValidity(0, day, day / 2).text).toContain('12 hours');
});

test('a target of several addresses is looked at one by one', () => {
  expect(splitTarget('ipv4:127.0.0.1:1,127.0.0.1:2')).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
  expect(splitTarget('dns:///billing:8447')).toEqual(['billing:8447']);
  expect(splitTarget('billing:8447')).toEqual(['billing:8447']);
});
