import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a worker got. */
export interface AskedOfWorker {
  readonly body: string;
  readonly model: string;
  readonly stream: boolean;
}

/** A worker whose answers a test writes by hand. */
export interface ScriptedWorker {
  readonly url: string;
  stop(): void;
}

/** What a good answer tells of itself. */
export const usage = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };

/** An event of a stream. */
export const chunk = (delta: object, finish: string | null) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** A good answer, whole and as a stream: `served`. */
export const whole = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'served' }, finish_reason: 'stop' }], usage });
export const streamed = `${chunk({ role: 'assistant', content: 'served' }, 'stop')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;

/** Starts it. Whoever asks for its health or its models is told that all is well. */
export async function startScriptedWorker(answer: (asked: AskedOfWorker, response: ServerResponse) => void): Promise<ScriptedWorker> {
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const part of request) body += String(part);
    if (request.method === 'GET') {
      response.end('{"data":[]}');
      return;
    }
    const { model, stream } = JSON.parse(body) as { model: string; stream: boolean };
    answer({ body, model, stream }, response);
  };
  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
