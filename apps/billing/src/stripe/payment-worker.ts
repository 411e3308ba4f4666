import type { Connection, Pool } from '@tacet/database';
import type Stripe from 'stripe';
import type { Events } from '../events.ts';
import { paymentsEveryMs } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { chargeAutoTopUps } from './charge-auto-top-ups.ts';
import { PaymentCheck } from './check-payments.ts';
import { readDeploymentId } from './ownership.ts';
import { countWaiting, processEvents } from './process-events.ts';

/** Of the advisory lock that makes one worker of all replicas. */
const lockKey = 7455;

export interface PaymentParts {
  readonly pool: Pool;
  readonly stripe: Stripe;
  readonly metrics: Metrics;
  readonly events: Events;
}

/**
 * Does what there is to do with Stripe beside answering calls: looks at what events named, tops up, compares Stripe's movements
 * with the ledger. One process of all replicas, one thing after the other: what is read at Stripe is never older than what was
 * booked before it.
 */
export class PaymentWorker {
  readonly #parts: PaymentParts;
  readonly #check: PaymentCheck;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #again = false;
  #stopped = false;

  constructor(parts: PaymentParts) {
    this.#parts = parts;
    this.#check = new PaymentCheck(parts.stripe, parts.metrics, parts.events);
  }

  /** Begins a run at once; another follows when this is called while one is under way, and after a while in any case. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#isRunning) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#isRunning = true;
    this.#running = this.run().finally(() => {
      this.#isRunning = false;
      if (this.#stopped) return;
      const again = this.#again;
      this.#again = false;
      this.#timer = setTimeout(() => this.wake(), again ? 0 : paymentsEveryMs);
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
    const { pool, metrics, events } = this.#parts;
    let connection: Connection | undefined;
    let broken = false;
    try {
      connection = await pool.connect();
      // The lock belongs to the connection that everything is booked on: whoever loses the one cannot use the other.
      const { rows } = await connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lockKey]);
      if (!rows[0]?.locked) {
        metrics.paymentEventsWaiting.set(await countWaiting(connection));
        return;
      }
      await this.#work(connection);
      await connection.query('SELECT pg_advisory_unlock($1)', [lockKey]);
    } catch (error) {
      broken = true;
      events.paymentsFailed('run', error);
    } finally {
      connection?.release(broken);
    }
  }

  async #work(connection: Connection): Promise<void> {
    const { stripe, metrics, events } = this.#parts;
    const parts = { stripe, connection, deploymentId: await readDeploymentId(connection) };
    const isStopped = () => this.#stopped;
    await processEvents(parts, metrics, events, isStopped);
    await chargeAutoTopUps(parts, metrics, events);
    if (!isStopped()) await this.#check.run(parts);
  }
}
