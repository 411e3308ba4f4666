import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPortSource, startConstellation, startDemoWorkerProcess, workersYaml, type Constellation, type CreateAccountOptions, type DemoWorkerProcess, type WorkerOptions } from '@tacet/constellation';

/** Of a worker that speaks every API. */
export const model = 'demo-model';
/** Of a worker that speaks chat completions alone, so that the edge translates messages. */
export const chatOnlyModel = 'chat-only';

type Demo = Parameters<DemoWorkerProcess['faults']>[1];

/** A whole deployment as a client sees it: an address and keys. */
export interface Deployment {
  /** Of the edge, without `/v1`. */
  readonly url: string;
  /** Of an account with money. */
  readonly apiKey: string;
  createKey(options: CreateAccountOptions): Promise<string>;
  /** How the worker of a model behaves at the next request. */
  nextAnswer(demo: Demo, of?: string): Promise<void>;
  /** What the worker was asked last. */
  lastRequest(of?: string): Promise<{ readonly path: string; readonly body: Record<string, unknown> }>;
  /** Whether the worker's last request was given up. */
  wasAborted(of?: string): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * Starts it. Every model is a pool of its own, so that one whose worker misbehaves is left alone without the others;
 * `spares` adds models to each worker, named like its first with a number: `demo-model-0`.
 */
export async function startDeployment(spares = 0): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-clients-'));
  await using failed = new AsyncDisposableStack();
  failed.defer(() => rm(folder, { recursive: true, force: true }));
  const nextPort = createPortSource();
  const modelsOf = (first: string) => [first, ...Array.from({ length: spares }, (_, i) => `${first}-${i}`)];
  const startWorker = async (name: string, options: WorkerOptions) => {
    const worker = await startDemoWorkerProcess(name, await nextPort(), folder, options);
    failed.defer(async () => void (await worker.stop()));
    return worker;
  };
  const full = await startWorker('full', { models: modelsOf(model) });
  const chatOnly = await startWorker('chat-only', { models: modelsOf(chatOnlyModel), engine: 'llamacpp' });
  const pools = [full, chatOnly].flatMap(({ models, url }) => models.map((id) => ({ id, url, kind: url === full.url ? 'demo' : 'local', models: [id] })));
  const constellation = await startConstellation({ mode: 'embedded', models: pools.map(({ id }) => ({ id })), worker: { workersYaml: workersYaml(pools) } });
  failed.defer(() => constellation.stop());
  const deployment = await describeDeployment(constellation, (of) => (full.models.includes(of) ? full : chatOnly));
  const started = failed.move();
  return { ...deployment, stop: () => started.disposeAsync() };
}

async function describeDeployment(constellation: Constellation, workerOf: (model: string) => DemoWorkerProcess): Promise<Omit<Deployment, 'stop'>> {
  const createKey = async (options: CreateAccountOptions) => (await constellation.createAccount(options)).apiKey;
  const [edge] = constellation.edges;
  if (edge === undefined) throw new Error('the constellation has no edge');
  return {
    url: edge.url,
    apiKey: await createKey({}),
    createKey,
    nextAnswer: (demo, of = model) => workerOf(of).faults(1, demo),
    lastRequest: async (of = model) => {
      const last = (await workerOf(of).requests()).at(-1);
      return { path: last?.path ?? '', body: JSON.parse(last?.body ?? '{}') as Record<string, unknown> };
    },
    wasAborted: async (of = model) => (await workerOf(of).receipts()).receipts.at(-1)?.aborted ?? false,
  };
}
