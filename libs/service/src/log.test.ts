import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
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

test('below its level nothing is written', () => {
  expect(lines((log) => log.debug('x'))).toEqual([]);
});
