import { probeWorker } from './probe-worker.ts';
import { scrapeWorker } from './scrape-worker.ts';
import type { Worker } from './worker.ts';

/** How often workers are asked whether they are well: those that are not, and all. */
const probeUnwellMs = 2_000;
const probeAllMs = 10_000;
/** How often engines that have metrics are asked for them, and how long one that gives none is left alone. */
const scrapeMs = 1_000;
const scrapeAgainMs = 10_000;

export interface WatchWorkersOptions {
  readonly workers: () => readonly Worker[];
  readonly monotonicMs: () => number;
  /** A worker is there again, or is gone. */
  readonly onProbe: (worker: Worker, isThere: boolean) => void;
}

/** Asks workers how they are, in the background. At most one probe and one look at metrics of each is under way. */
export class WatchWorkers {
  readonly #options: WatchWorkersOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #probing = new WeakSet<Worker>();
  readonly #scraping = new WeakSet<Worker>();
  readonly #scrapeAt = new WeakMap<Worker, number>();
  #probedAllAt = -Infinity;

  constructor(options: WatchWorkersOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => this.#probeAll(), probeUnwellMs).unref(), setInterval(() => this.#scrapeAll(), scrapeMs).unref()];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #probeAll(): void {
    const { workers, monotonicMs } = this.#options;
    const now = monotonicMs();
    const isForAll = now - this.#probedAllAt >= probeAllMs;
    if (isForAll) this.#probedAllAt = now;
    for (const worker of workers()) {
      const state = worker.stateAt(now);
      if (isForAll || state === 'down' || state === 'open' || state === 'half_open') void this.#probe(worker);
    }
  }

  async #probe(worker: Worker): Promise<void> {
    if (this.#probing.has(worker)) return;
    this.#probing.add(worker);
    const isThere = await probeWorker(worker);
    this.#probing.delete(worker);
    if (worker.noteProbe(isThere, this.#options.monotonicMs())) this.#options.onProbe(worker, isThere);
    // One miss may be a hiccup: the second is not left for later.
    else if (!isThere) this.#probedAllAt = -Infinity;
  }

  #scrapeAll(): void {
    const now = this.#options.monotonicMs();
    for (const worker of this.#options.workers()) {
      if (worker.pool.kind.hasMetrics && now >= (this.#scrapeAt.get(worker) ?? 0)) void this.#scrape(worker);
    }
  }

  async #scrape(worker: Worker): Promise<void> {
    if (this.#scraping.has(worker)) return;
    this.#scraping.add(worker);
    const gauges = await scrapeWorker(worker);
    this.#scraping.delete(worker);
    worker.noteGauges(gauges);
    if (gauges === undefined) this.#scrapeAt.set(worker, this.#options.monotonicMs() + scrapeAgainMs);
  }
}
