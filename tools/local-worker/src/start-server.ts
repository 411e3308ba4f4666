import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine } from './engine.ts';
import { bodyBytesMax } from './limits.ts';
import { Queue } from './queue.ts';
import { send, sendError } from './send.ts';
import { serveChat, type Serving } from './serve-chat.ts';
import { renderMetrics } from './token-counters.ts';

export interface ServerOptions {
  readonly engine: Engine;
  /** The id that clients name the model by. */
  readonly model: string;
  /** A loopback address (the command line takes no other): the model answers whoever asks. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly queueLengthMax: number;
  /** Told when a request fails for a reason of ours: the kind of error, nothing of the request. */
  readonly tell: (line: string) => void;
}

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** Cuts what runs and stops listening. */
  stop(): Promise<void>;
}

/** Serves a loaded model. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const serving = { engine: options.engine, queue: new Queue(options.queueLengthMax), counters: { promptTokens: 0, generationTokens: 0 }, model: options.model };
  const startedAt = Math.floor(Date.now() / 1_000);
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 30_000 }, (request, response) => {
    void route(serving, startedAt, request, response).catch((error: unknown) => {
      options.tell(`a request failed: ${error instanceof Error ? error.constructor.name : typeof error}`);
      sendError(response, 500, 'The engine failed.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function route(serving: Serving, startedAt: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'POST /v1/chat/completions': {
      const bytes = await readBody(request);
      return bytes === undefined ? sendError(response, 413, `The body is larger than ${bodyBytesMax} bytes.`) : serveChat(serving, response, bytes);
    }
    case 'GET /v1/models':
      return send(response, 200, 'application/json', listModels(serving, startedAt));
    case 'GET /health':
      return send(response, 200, 'text/plain', '');
    case 'GET /metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', renderMetrics(serving.model, serving.queue, serving.counters));
    default:
      return sendError(response, 404, 'There is no such route.');
  }
}

function listModels({ model, engine }: Serving, created: number): string {
  return JSON.stringify({ object: 'list', data: [{ id: model, object: 'model', created, owned_by: 'tacet-local', max_model_len: engine.contextTokens }] });
}

/** The whole body; undefined when it is too large, whose rest is then dropped. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= bodyBytesMax) parts.push(part);
  }
  return size <= bodyBytesMax ? Buffer.concat(parts) : undefined;
}
