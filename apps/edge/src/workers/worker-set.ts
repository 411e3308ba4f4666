import { hash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { readSecretFile } from '@tacet/service';
import { Pool as Dispatcher } from 'undici';
import { isHeaderValue } from '../worker-connections/character-classes.ts';
import { WorkerConnections } from '../worker-connections/worker-connections.ts';
import { parseWorkers } from './parse-workers.ts';
import type { Pool } from './pool.ts';
import { WatchWorkers } from './watch-workers.ts';
import { Worker } from './worker.ts';

/** How often the file is looked at, and names are resolved again. */
const fileMs = 2_000;
const resolveMs = 10_000;
/** Addresses of one name. */
const addressesMax = 256;
/** Connections for questions to one worker: of each kind at most one is under way. */
const questionsMax = 4;
/** Idle connections are closed before the usual server (5 s) does it under a request. */
const keepAliveMs = 4_000;

export interface WorkerSetOptions {
  readonly file: string;
  readonly connectMs: number;
  readonly monotonicMs: () => number;
  readonly onFile: (state: 'taken' | 'refused', error?: unknown) => void;
  /** A worker counts as gone, or is there again. */
  readonly onProbe: (worker: Worker, isThere: boolean) => void;
  /** Workers have come: what waits may start. */
  readonly onChange: () => void;
}

/** What serves a model now. */
export interface ModelRoute {
  readonly pools: readonly Pool[];
  readonly workers: readonly Worker[];
}

/** The pools of workers.yaml and their workers, kept up to date while the process runs. */
export class WorkerSet {
  readonly #options: WorkerSetOptions;
  #pools: readonly Pool[] = [];
  /** By pool, its definition, and address, so that what did not change is kept. */
  #workers = new Map<string, Worker>();
  #routes = new Map<string, ModelRoute>();
  #fileHash = '';
  #isRefused = false;
  readonly #timers: NodeJS.Timeout[] = [];
  #watch: WatchWorkers | undefined;

  constructor(options: WorkerSetOptions) {
    this.#options = options;
  }

  get all(): readonly Worker[] {
    return [...this.#workers.values()];
  }

  /** What serves a model; undefined when nothing does. */
  routeOf(modelId: string): ModelRoute | undefined {
    return this.#routes.get(modelId);
  }

  /** Reads the file for the first time. Rejects with `WorkersFileError` or a plain `Error` when it cannot be used. */
  async start(): Promise<void> {
    const { text, digest } = this.#readFile();
    await this.#take(parseWorkers(text, readCredentials), digest);
    const every = (ms: number, run: () => Promise<void>) => this.#timers.push(setInterval(() => void run(), ms).unref());
    every(fileMs, () => this.#reload());
    every(resolveMs, () => this.#rebuild());
    const { monotonicMs, onProbe } = this.#options;
    this.#watch = new WatchWorkers({ workers: () => this.all, monotonicMs, onProbe });
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#watch?.stop();
    for (const { connections } of this.all) connections.destroy();
    await Promise.all(this.all.map((worker) => worker.dispatcher.destroy()));
  }

  #readFile(): { text: string; digest: string } {
    const text = readFileSync(this.#options.file, 'utf8');
    return { text, digest: hash('sha256', text, 'hex') };
  }

  async #reload(): Promise<void> {
    try {
      const { text, digest } = this.#readFile();
      if (digest === this.#fileHash) return;
      // A bad file is told once, and the pools stay as they are.
      this.#fileHash = digest;
      this.#isRefused = false;
      await this.#take(parseWorkers(text, readCredentials), digest);
    } catch (error) {
      const isNew = !this.#isRefused;
      this.#isRefused = true;
      if (isNew) this.#options.onFile('refused', error);
    }
  }

  async #take(pools: readonly Pool[], digest: string): Promise<void> {
    this.#fileHash = digest;
    this.#pools = pools;
    await this.#rebuild();
    this.#options.onFile('taken');
  }

  /** Resolves names again and makes workers for new addresses; those that are gone finish what they run. */
  async #rebuild(): Promise<void> {
    const pools = this.#pools;
    const resolved = await Promise.all(pools.map(async (pool) => ({ pool, addresses: await addressesOf(pool.url.hostname) })));
    if (pools !== this.#pools) return;
    const workers = new Map<string, Worker>();
    for (const { pool, addresses } of resolved) {
      // A name that does not resolve now keeps the addresses that it had.
      const known = [...this.#workers.values()].filter((worker) => isSamePlace(worker.pool, pool));
      const wanted = addresses.length > 0 ? addresses : known.map(({ address }) => address);
      for (const address of wanted.length > 0 ? wanted : [pool.url.hostname]) {
        const worker = known.find((one) => one.address === address) ?? this.#makeWorker(pool, address);
        worker.adopt(pool);
        workers.set(`${pool.id} ${address}`, worker);
      }
    }
    const kept = new Set(workers.values());
    const gone = [...this.#workers.values()].filter((worker) => !kept.has(worker));
    this.#workers = workers;
    this.#routes = routesOf(pools, [...workers.values()]);
    for (const worker of gone) {
      worker.hasLeft = true;
      worker.connections.close();
      void worker.dispatcher.close();
    }
    this.#options.onChange();
  }

  #makeWorker(pool: Pool, address: string): Worker {
    const { connectMs, monotonicMs } = this.#options;
    return new Worker(pool, address, this.#questionsTo(pool, address), new WorkerConnections({ url: pool.url, address, connectMs, keepAliveMs, monotonicMs }));
  }

  #questionsTo(pool: Pool, address: string): Dispatcher {
    const family = isIP(address);
    return new Dispatcher(pool.url.origin, {
      connections: questionsMax,
      keepAliveTimeout: keepAliveMs,
      connect: {
        timeout: this.#options.connectMs,
        // The name stays in the Host header and the certificate check; the address is the one of this worker.
        ...(family === 0 ? {} : { lookup: (_host, options, callback) => (options.all ? callback(null, [{ address, family }]) : callback(null, address, family)) }),
      },
    });
  }
}

/** Throws a plain `Error` where what the file holds cannot be sent in a header. */
function readCredentials(file: string): string {
  const credentials = readSecretFile('credentialsFile', file);
  if (!isHeaderValue(credentials)) throw new Error('credentialsFile: the file must hold one line, of characters that a header may have');
  return credentials;
}

/** All addresses of a host; the host itself where it is an address; none where the name does not resolve. */
async function addressesOf(hostname: string): Promise<string[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return [host];
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address).slice(0, addressesMax);
    // Names of this machine are one worker, whichever of its loopback addresses it listens on.
    return addresses.every((address) => address === '::1' || address.startsWith('127.')) ? [] : addresses;
  } catch {
    return [];
  }
}

/** Whether what is known of a pool's workers, and their connections, hold for the other one too. */
function isSamePlace(a: Pool, b: Pool): boolean {
  return a === b || (a.id === b.id && a.kindName === b.kindName && a.url.origin === b.url.origin);
}

function routesOf(pools: readonly Pool[], workers: readonly Worker[]): Map<string, ModelRoute> {
  const routes = new Map<string, ModelRoute>();
  for (const modelId of new Set(pools.flatMap(({ models }) => models))) {
    const serving = pools.filter(({ models }) => models.includes(modelId));
    routes.set(modelId, { pools: serving, workers: workers.filter(({ pool }) => serving.some(({ id }) => id === pool.id)) });
  }
  return routes;
}
