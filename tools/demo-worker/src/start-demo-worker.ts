import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoBehaviour } from './behaviour.ts';
import { bodyBytesMax, keepAliveMs } from './limits.ts';
import { settle, type DemoWorkerOptions, type Engine } from './options.ts';
import type { Receipt, Totals } from './receipts.ts';
import type { RecordedRequest } from './recorder.ts';
import { sendError, sendJson, sendText } from './send.ts';
import { serveControl } from './serve-control.ts';
import { modelRoutes, serveRequest } from './serve-request.ts';
import { createWorkerState, type WorkerState } from './worker-state.ts';

/** A running demo worker. */
export interface DemoWorker {
  /** `http://host:port`, without `/v1`, as `workers.yaml` wants it. */
  readonly url: string;
  readonly port: number;
  readonly models: readonly string[];
  readonly engine: Engine;
  /** Stops at once; open streams are cut. */
  stop(): Promise<void>;
  /** What was sent for each request, oldest first; of one `demo.tag` where that is given. */
  receipts(tag?: string): Receipt[];
  /** Sums over all requests since the last reset. */
  totals(): Totals;
  /** Recorded requests; empty without `record: true`. */
  requests(): RecordedRequest[];
  /** Requests that hold a slot now, and requests that wait for one. */
  running(): number;
  waiting(): number;
  /** The next `count` requests behave so, whatever their own `demo` field says. */
  faults(count: number, behaviour: DemoBehaviour): void;
  /** Forgets receipts, recorded requests and faults that have not happened. */
  reset(): void;
}

/** Starts a worker in this process. Rejects when the port is taken or an option makes no sense. */
export async function startDemoWorker(options: DemoWorkerOptions = {}): Promise<DemoWorker> {
  const settings = settle(options);
  const state = createWorkerState(settings);
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0, noDelay: true }, (request, response) => route(state, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return {
    url: `http://${host}:${port}`,
    port,
    models: settings.models,
    engine: settings.engine,
    stop: () => stopServer(server),
    receipts: (tag) => state.receipts.list(tag),
    totals: () => state.receipts.totals(),
    requests: () => state.recorder.list(),
    running: () => state.slots.running,
    waiting: () => state.slots.waiting,
    faults: (count, behaviour) => state.faults.add(count, behaviour),
    reset: () => {
      state.receipts.reset();
      state.recorder.reset();
      state.faults.clear();
    },
  };
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function route(state: WorkerState, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url: target = '/' } = request;
  const query = target.indexOf('?');
  const url = query < 0 ? target : target.slice(0, query);
  const model = method === 'POST' && speaks(state.settings.engine, url) ? modelRoutes[url] : undefined;
  if (model !== undefined) return readBytes(state, request, response, (bytes) => serveRequest(state, url, model, request, response, bytes));
  if (url.startsWith('/demo')) return readBytes(state, request, response, (bytes) => serveControl(state, method, new URL(target, 'http://demo'), response, bytes));
  request.resume();
  if (method !== 'POST' && speaks(state.settings.engine, url)) return sendError(response, state.dialect, 405, 'Method Not Allowed');
  switch (method === 'GET' ? url : '') {
    case '/health':
      return sendText(response, 200, 'text/plain', '');
    case '/v1/models':
      return sendJson(response, 200, listModels(state));
    case '/metrics':
      return sendText(response, 200, 'text/plain; version=0.0.4; charset=utf-8', state.counters.render(state.settings.engine, state.slots, state.settings.slots));
    default:
      return sendError(response, state.dialect, 404, 'Not Found');
  }
}

/** Whether the engine has the route. OpenAI has neither Anthropic's nor those that compare texts. */
function speaks(engine: Engine, url: string): url is keyof typeof modelRoutes {
  if (!Object.hasOwn(modelRoutes, url)) return false;
  return engine !== 'openai' || !/^\/v1\/(messages|rerank|score)/.test(url);
}

function listModels({ settings }: WorkerState): string {
  const created = Math.floor(Date.now() / 1_000);
  const data = settings.models.map((id) => ({ id, object: 'model', created, owned_by: settings.engine, root: id, parent: null, max_model_len: settings.contextTokens }));
  return JSON.stringify({ object: 'list', data });
}

function readBytes(state: WorkerState, request: IncomingMessage, response: ServerResponse, use: (bytes: Buffer) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= bodyBytesMax) parts.push(part);
  });
  request.on('end', () => {
    const [only] = parts;
    if (size > bodyBytesMax) sendError(response, state.dialect, 413, `The body is larger than ${bodyBytesMax} bytes`);
    else use(parts.length === 1 && only ? only : Buffer.concat(parts));
  });
}
