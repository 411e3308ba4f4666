import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoBehaviour, DemoWorkerOptions, Receipt, RecordedRequest, Totals } from '@tacet/demo-worker';
import { startKeptProcess, type KeptProcess } from '@tacet/servers';
import { inheritedEnvironment, sourceArguments } from './applications.ts';

/** A demo worker of a constellation: its own options, at full speed and recording unless told otherwise, and how edges see it. */
export interface WorkerOptions extends Omit<DemoWorkerOptions, 'port' | 'host'> {
  /** How edges are told to treat it; `demo` unless given. */
  readonly kind?: string;
  /** Further fields of its pool in workers.yaml, such as `{ singleTenant: true }`. */
  readonly pool?: Readonly<Record<string, unknown>>;
}

/** What `GET /demo/receipts` answers. */
export interface Receipts {
  readonly receipts: readonly Receipt[];
  readonly totals: Totals;
  readonly running: number;
  readonly waiting: number;
}

/** A demo worker that runs as a process of its own. */
export interface DemoWorkerProcess {
  readonly name: string;
  readonly url: string;
  readonly models: readonly string[];
  readonly process: KeptProcess;
  /** What it sent, request by request; of one tag where that is given. */
  receipts(tag?: string): Promise<Receipts>;
  /** The headers and bodies that it was sent. */
  requests(): Promise<readonly RecordedRequest[]>;
  /** Makes the next `count` requests behave so. */
  faults(count: number, demo: DemoBehaviour): Promise<void>;
  /** Kills it and starts it again on the same port; what it remembered is lost. */
  restart(): Promise<void>;
  stop(): Promise<unknown>;
}

export const demoModel = 'demo-model';

const stopMs = 5_000;
const readyMs = 30_000;

/** Starts a demo worker on `port`, with its log in `folder`. */
export async function startDemoWorkerProcess(name: string, port: number, folder: string, options: WorkerOptions = {}): Promise<DemoWorkerProcess> {
  const { models = [demoModel] } = options;
  const url = `http://127.0.0.1:${port}`;
  const run = async () => {
    const server = await startKeptProcess({
      name,
      command: process.execPath,
      arguments: sourceArguments('tools/demo-worker/src/main.ts', ['--port', String(port), '--models', models.join(','), ...flagsOf(options)]),
      environment: inheritedEnvironment(process.env),
      stopMs,
    });
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    server.stdout.pipe(log, { end: false });
    server.stderr.pipe(log, { end: false });
    void server.ended.then(() => log.end());
    try {
      await untilItAnswers(server, `${url}/v1/models`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  };
  let current = await run();
  return {
    name,
    url,
    models,
    get process() {
      return current;
    },
    receipts: async (tag) => (await askJson(`${url}/demo/receipts${tag === undefined ? '' : `?tag=${encodeURIComponent(tag)}`}`)) as Receipts,
    requests: async () => ((await askJson(`${url}/demo/requests`)) as { requests: readonly RecordedRequest[] }).requests,
    faults: async (count, demo) => void (await askJson(`${url}/demo/faults`, { count, demo })),
    restart: async () => {
      current.signal('SIGKILL');
      await current.ended;
      current = await run();
    },
    stop: () => current.stop(),
  };
}

function flagsOf({ seed, tokensPerSecond = 0, firstTokenMs = 0, slots, whenFull, record = true, engine, contextTokens }: WorkerOptions): string[] {
  const values = { seed, 'tokens-per-second': tokensPerSecond, 'first-token-ms': firstTokenMs, slots, 'when-full': whenFull, engine, 'context-tokens': contextTokens };
  const flags = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  return record ? [...flags, '--record'] : flags;
}

async function untilItAnswers(server: KeptProcess, url: string): Promise<void> {
  for (const end = performance.now() + readyMs; ; await sleep(25)) {
    const answered = await askJson(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (!server.running) throw new Error(`${server.name} ended before it answered; see its log`);
    if (performance.now() > end) throw new Error(`${server.name} did not answer within ${readyMs} ms`);
  }
}

/** GET, or POST where there is a body; the parsed answer. Throws on any status but 2xx. */
export async function askJson(url: string, body?: unknown): Promise<unknown> {
  const request = httpRequest(url, { method: body === undefined ? 'GET' : 'POST', agent: false, timeout: 10_000, headers: { 'content-type': 'application/json' } });
  request.on('timeout', () => request.destroy(new Error(`${url} did not answer`)));
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
