import type { Pool } from '@tacet/database';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';

/** One thing that a run does; a step that fails does not keep the others from running. */
export interface ReconcileStep {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Of the advisory lock that makes one reconciler of all replicas. */
const lockKey = 7454;

/** Runs the steps again and again, one replica at a time. */
export class Reconciler {
  readonly #pool: Pool;
  readonly #steps: readonly ReconcileStep[];
  readonly #everyMs: number;
  readonly #metrics: Metrics;
  readonly #events: Events;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(pool: Pool, steps: readonly ReconcileStep[], everyMs: number, metrics: Metrics, events: Events) {
    this.#pool = pool;
    this.#steps = steps;
    this.#everyMs = everyMs;
    this.#metrics = metrics;
    this.#events = events;
  }

  start(): void {
    if (this.#stopped) return;
    this.#running = this.run().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#everyMs);
    });
  }

  /** Waits for the run under way; none follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One run; does nothing while another replica's is under way. */
  async run(): Promise<void> {
    try {
      // The lock belongs to the connection: it ends with it, whatever happens to this process.
      const connection = await this.#pool.connect();
      try {
        const { rows } = await connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lockKey]);
        if (!rows[0]?.locked) return;
        let failed = false;
        for (const step of this.#steps) failed = !(await this.#attempt(step)) || failed;
        await connection.query('SELECT pg_advisory_unlock($1)', [lockKey]);
        if (!failed) this.#metrics.reconciledAt.setToCurrentTime();
      } finally {
        connection.release();
      }
    } catch (error) {
      this.#events.reconcileFailed('connect', error);
    }
  }

  async #attempt({ name, run }: ReconcileStep): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.#events.reconcileFailed(name, error);
      return false;
    }
  }
}
