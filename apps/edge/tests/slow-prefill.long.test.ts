/** Longer than the five minutes after which clients and servers of HTTP give up by themselves. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, workersYaml, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { RawClient } from './chat-client.ts';

const model = 'slow-model';
const prefillMs = 305_000;
const usage = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };
const choice = { index: 0, finish_reason: 'stop' };
const streamed = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [{ ...choice, delta: { role: 'assistant', content: 'late' } }] })}\n\ndata: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
const whole = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices: [{ ...choice, message: { role: 'assistant', content: 'late' } }], usage });

let constellation: Constellation;
let worker: Server;

beforeAll(async () => {
  worker = createServer({ requestTimeout: 0 }, (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (request.method === 'GET') {
        response.end('{"data":[]}');
        return;
      }
      const { stream } = JSON.parse(body) as { stream: boolean };
      // Not even its status comes before.
      const timer = setTimeout(() => response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' }).end(stream ? streamed : whole), prefillMs);
      response.on('close', () => clearTimeout(timer));
    });
  });
  await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve));
  const pool = { id: 'slow', url: `http://127.0.0.1:${(worker.address() as AddressInfo).port}`, kind: 'demo', models: [model] };
  constellation = await startConstellation({ mode: 'embedded', models: [{ id: model }], worker: { workersYaml: workersYaml([pool]) } });
}, 120_000);
afterAll(async () => {
  await constellation.stop();
  worker.closeAllConnections();
  worker.close();
});

test('a prompt that takes more than five minutes to read is answered, streamed and whole', async () => {
  const { apiKey } = await constellation.createAccount();
  const clients = [true, false].map((stream) => {
    const client = new RawClient(constellation.edges[0]!.url);
    client.send(apiKey, { model, stream });
    return client;
  });
  for (const client of clients) await eventually('it is answered', () => client.received.includes('late') || client.isClosed, prefillMs + 60_000);
  const [stream, answer] = clients.map(({ received }) => received);
  expect(stream).toMatch(/^HTTP\/1\.1 200 [^]*(: keepalive\n[^]*){15}late[^]*\[DONE\]/);
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*late/);
}, prefillMs + 120_000);
