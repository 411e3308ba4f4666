import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from '@tacet/database';
import type Stripe from 'stripe';
import type { Events } from '../events.ts';
import { webhookBodyBytesMax, webhookConnectionsMax, webhookRequestMs } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { readEvent } from './read-event.ts';
import { storeEvent } from './store-event.ts';
import { syncByType } from './sync-by-type.ts';

/** What became of a delivery: a label of the metric. */
export type DeliveryOutcome =
  'stored' | 'repeated' | 'ignored' | 'bad_signature' | 'stale' | 'malformed' | 'too_large' | 'wrong_route' | 'failed';

const statusOf: Readonly<Record<DeliveryOutcome, number>> = {
  stored: 200,
  repeated: 200,
  ignored: 200,
  bad_signature: 400,
  stale: 400,
  malformed: 400,
  too_large: 413,
  wrong_route: 404,
  // Stripe sends it again.
  failed: 503,
};

export interface WebhookParts {
  readonly pool: Pool;
  readonly webhooks: Stripe['webhooks'];
  readonly secrets: readonly string[];
  readonly metrics: Metrics;
  readonly events: Events;
  /** An event that is new was stored. */
  readonly onStored: () => void;
}

/** The listener of Stripe's webhook: one route, which stores what it is told and answers. Looking at it comes later. */
export class WebhookDoor {
  readonly #parts: WebhookParts;
  readonly #server: Server;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    this.#server = createServer({ requestTimeout: webhookRequestMs, headersTimeout: webhookRequestMs }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.maxConnections = webhookConnectionsMax;
  }

  /** Listens; answers the port. */
  async start(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Answers what is under way; takes nothing more. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), webhookRequestMs);
    await closed;
    clearTimeout(cut);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const outcome = await this.#receive(request).catch((error: unknown): DeliveryOutcome => {
      this.#parts.events.webhookFailed(error);
      return 'failed';
    });
    this.#parts.metrics.webhooks.inc({ outcome });
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(statusOf[outcome], { 'content-type': 'application/json' }).end(`{"outcome":"${outcome}"}`);
  }

  async #receive(request: IncomingMessage): Promise<DeliveryOutcome> {
    if (request.method !== 'POST' || request.url !== '/webhook') return 'wrong_route';
    const body = await readBody(request);
    if (body === undefined) return 'too_large';
    const { pool, webhooks, secrets, metrics, onStored } = this.#parts;
    const event = readEvent(webhooks, body, String(request.headers['stripe-signature'] ?? ''), secrets);
    if (typeof event === 'string') return event;
    metrics.webhookAt.setToCurrentTime();
    if (event === undefined || !syncByType.has(event.type)) return 'ignored';
    if (!(await storeEvent(pool, event))) return 'repeated';
    onStored();
    return 'stored';
  }
}

/** The raw bytes, as they were signed; undefined when there are too many. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not close the connection: there is an answer to give.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > webhookBodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
