import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import fc from 'fast-check';
import pino from 'pino';
import { createLog, describeError, type LogFields } from './log.ts';

function lines(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const file = join(mkdtempSync(join(tmpdir(), 'tacet-log-')), 'log');
  const log = createLog('edge', 'info', pino.destination({ dest: file, sync: true }));
  write(log);
  return readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line has level, time, process, event and the allowed fields', () => {
  const [line] = lines((log) => log.info('request_finished', { route: 'chat_completions', status: 200, seq: 5n }));
  expect(line).toEqual({ level: 'info', time: expect.any(String), process: 'edge', event: 'request_finished', route: 'chat_completions', status: 200, seq: '5' });
});

test('a field that is not allowed is dropped, whatever the types say', () => {
  const [line] = lines((log) => log.warn('x', { body: 'a prompt', account_id: 'a', code: 'c' } as LogFields));
  expect(Object.keys(line ?? {}).sort()).toEqual(['code', 'event', 'level', 'process', 'time']);
});

test('an error is its type, code and frames: no message, no properties', () => {
  const error = Object.assign(new SyntaxError('canary\n    at canary (canary.ts:1:1)'), { body: 'canary', code: 'ERR_X', parameters: ['canary'], cause: new Error('canary') });
  const text = JSON.stringify(lines((log) => log.error('x', { error })));
  expect(text).not.toContain('canary');
  expect(text).toContain('SyntaxError');
  expect(text).toContain('ERR_X');
  expect(text).toContain('log.test');
});

test('a hostile code or class name is not written', () => {
  expect(describeError(Object.assign(new Error('x'), { code: 'a prompt with spaces' }))).not.toHaveProperty('code');
  expect(describeError('a prompt')).toEqual({ type: 'string' });
  expect(describeError(new TacetError('fenced')).code).toBe('fenced');
});

test('gathered lines are of the same form and under the same rules, and come with the next flush', () => {
  const [first, second, third] = lines((log) => {
    log.gathered('request_finished', { route: 'chat_completions', status: 200, body: 'a prompt' } as LogFields);
    log.gathered('request_finished');
    log.flush();
    log.gathered('lost_without_a_flush');
  });
  expect(first).toEqual({ level: 'info', time: expect.any(String), process: 'edge', event: 'request_finished', route: 'chat_completions', status: 200 });
  expect(second).toEqual({ level: 'info', time: expect.any(String), process: 'edge', event: 'request_finished' });
  expect(third).toBeUndefined();
});

test('a gathered line says what any other line says of the same fields', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.double(), fc.integer(), fc.boolean(), fc.bigInt(), fc.constant(undefined));
  const field = fc.constantFrom('route', 'model', 'request_id', 'status', 'ms', 'body', 'error', 'code', '__proto__');
  const fields = fc.dictionary(field, value, { noNullPrototype: true });
  const gathered = fc.sample(fields, { numRuns: 300, seed: 7 });
  const written = lines((log) => {
    for (const one of gathered) log.info('request_finished', one);
    for (const one of gathered) log.gathered('request_finished', one);
    log.flush();
  });
  expect(written).toHaveLength(2 * gathered.length);
  for (const [i, line] of written.slice(gathered.length).entries()) {
    expect(line).toEqual({ ...written[i], time: line['time'] });
  }
});

test('the time of a gathered line is that of its moment', () => {
  const moments = [0, 1, 999, 1_000, 1_709_164_799_999, 1_709_164_800_000, 1_709_164_800_050, 1_709_164_799_001];
  const clock = jest.spyOn(Date, 'now');
  const written = lines((log) => {
    for (const moment of moments) {
      clock.mockReturnValueOnce(moment);
      log.gathered('request_finished');
    }
    log.flush();
  });
  clock.mockRestore();
  expect(written.map(({ time }) => time)).toEqual(moments.map((moment) => new Date(moment).toISOString()));
});

test('below its level nothing is written', () => {
  expect(lines((log) => log.debug('x'))).toEqual([]);
});
