/** An engine that answers at once and then reads a long prompt: its silence is measured by the time for the first byte, not by the one between chunks. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';

const idleMs = 1_000;
const prefillMs = 3_500;
const model = 'slow-model';

let constellation: Constellation;
let worker: Server;

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const chunk = (delta: object, finish: string | null) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** What each API's stream says before the prompt is read, and after. */
const streams: Record<string, readonly [before: string, after: string]> = {
  '/v1/chat/completions': [
    chunk({ role: 'assistant', content: '' }, null),
    `${chunk({ content: 'late' }, 'stop')}data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 } })}\n\ndata: [DONE]\n\n`,
  ],
  '/v1/responses': [
    event('response.created', { response: { id: 'r', object: 'response', created_at: 1, model, status: 'in_progress' } }),
    event('response.output_text.delta', { delta: 'late' }) + event('response.completed', { response: { id: 'r', status: 'completed', usage: { input_tokens: 5, output_tokens: 1, total_tokens: 6 } } }),
  ],
  '/v1/messages': [
    event('message_start', { message: { id: 'm', type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 0 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) + event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'late' } }) + event('content_block_stop', { index: 0 }) +
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } }) + event('message_stop', {}),
  ],
};

beforeAll(async () => {
  worker = createServer((request, response) => {
    const stream = streams[request.url ?? ''];
    request.resume();
    if (stream === undefined) {
      response.end('{"data":[]}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(stream[0]);
    const timer = setTimeout(() => response.end(stream[1]), prefillMs);
    response.on('close', () => clearTimeout(timer));
  });
  await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve));
  const { port } = worker.address() as AddressInfo;
  constellation = await startConstellation({
    mode: 'embedded',
    sessionMs: 60_000,
    models: [{ id: model }],
    worker: { workersYaml: `pools:\n  - id: slow\n    url: http://127.0.0.1:${port}\n    kind: demo\n    models: [${model}]\n` },
    settings: { edge: { TACET_EDGE_IDLE_MS: String(idleMs), TACET_EDGE_FIRST_BYTE_MS: '60000' } },
  });
}, 120_000);
afterAll(async () => {
  await constellation.stop();
  worker.closeAllConnections();
  worker.close();
});

test.each(Object.keys(streams))('a slow prefill of %s is no silence, though its stream has begun', async (path) => {
  const { apiKey } = await constellation.createAccount();
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'x' }], input: 'x', max_tokens: 5 });
  const response = await fetch(constellation.edges[0]!.url + path, { method: 'POST', headers: { 'x-api-key': apiKey, 'content-type': 'application/json' }, body });
  const text = await response.text();
  expect(text).toContain('late');
  expect(text).toMatch(/\[DONE\]|response\.completed|message_stop/);
}, 60_000);
