import { expect, test } from '@jest/globals';
import { parseWorkers } from '../workers/parse-workers.ts';
import { Worker } from '../workers/worker.ts';
import { RequestHeads } from './request-heads.ts';

const pool = (fields: string, credentials = 'secret') => parseWorkers(`pools: [{ id: a, url: "http://gpu:8000/base/v1", kind: vllm, models: [m]${fields} }]`, () => credentials)[0]!;
const linesOf = (head: string) => head.split('\r\n');

test('a request begins with what its pool says, and the length of its body', () => {
  const heads = new RequestHeads(pool(', credentialsFile: /key'));
  for (const bytes of [5, 16_384]) {
    expect(linesOf(heads.write('/v1/completions', false, bytes, {}))).toEqual([
      'POST /base/v1/completions HTTP/1.1', 'host: gpu:8000', 'connection: keep-alive', 'content-type: application/json', 'accept: application/json', 'authorization: Bearer secret', `content-length: ${bytes}`, '', '',
    ]);
  }
  expect(heads.write('/v1/completions', true, 5, {})).toContain('\r\naccept: text/event-stream\r\n');
  expect(heads.write('/v1/messages', true, 5, {})).toMatch(/^POST \/base\/v1\/messages HTTP/);
});

test('of a client’s headers only those on the list pass, and none that could end a line', () => {
  const heads = new RequestHeads(pool(', forwardHeaders: [x-trace-id]'));
  const given = {
    'authorization': 'Bearer of the client', 'cookie': 'a', 'x-other': 'b', 'x-trace-id': 'c d\te', 'anthropic-version': '2023-06-01', 'anthropic-a': 'x\r\nx-injected: y', 'anthropic-b': 'x\ny',
    'anthropic-c': 'x\ry', 'anthropic-d': 'x\0y', 'anthropic-e': 'x\u010ay', 'anthropic-f: g\r\nx': 'y', 'anthropic-h': ['i', 'j'],
  };
  expect(linesOf(heads.write('/v1/completions', false, 5, given)).slice(-4)).toEqual(['x-trace-id: c d\te', 'anthropic-version: 2023-06-01', '', '']);
  expect(heads.write('/v1/completions', false, 5, given)).not.toMatch(/of the client|cookie|x-other|injected/);
});

test('a worker whose pool gets other credentials or headers uses them for its next request', () => {
  const worker = new Worker(pool(', credentialsFile: /key', 'old'), '127.0.0.1', undefined as never, undefined as never);
  expect(worker.requestHeads.write('/v1/completions', false, 5, { 'x-trace-id': 'c' })).toMatch(/Bearer old\r\n/);
  worker.adopt(pool(', credentialsFile: /key, forwardHeaders: [x-trace-id]', 'new'));
  expect(worker.requestHeads.write('/v1/completions', false, 5, { 'x-trace-id': 'c' })).toMatch(/Bearer new\r\n[^]*x-trace-id: c\r\n/);
});
