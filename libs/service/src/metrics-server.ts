import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Readiness } from './readiness.ts';

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A registry with the runtime's own metrics. Labels of metrics come from closed sets; never an id or address. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Shows when the certificate that a process uses now ends; `expiresAtMs` is read whenever somebody asks. */
export function measureCertificate(registry: Registry, tls: { readonly expiresAtMs: number }): void {
  const gauge: Gauge = new Gauge({
    name: 'tacet_certificate_expires_timestamp_seconds',
    help: 'When the certificate between the processes ends, in seconds since 1970',
    registers: [registry],
    collect: () => gauge.set(tls.expiresAtMs / 1_000),
  });
}

/**
 * Serves `/metrics` (Prometheus text), `/live` (200 while the event loop turns) and `/ready` (200, or 503
 * with the reasons) on a port of their own, which is never public. `port` 0 takes a free one.
 */
export async function startMetricsServer(host: string, port: number, registry: Registry, readiness: Readiness): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const reply = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
    };
    if (request.method !== 'GET') return reply(405, 'method not allowed\n');
    switch (request.url) {
      case '/live':
        return reply(200, 'ok\n');
      case '/ready': {
        const { reasons } = readiness;
        return reasons.length === 0 ? reply(200, 'ok\n') : reply(503, `${reasons.join('\n')}\n`);
      }
      case '/metrics':
        return void registry.metrics().then(
          (text) => reply(200, text, registry.contentType),
          () => reply(500, 'metrics could not be collected\n'),
        );
      default:
        return reply(404, 'not found\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // A timer that nobody needs any more would keep the process for its whole time.
      await Promise.race([closed, sleep(500, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
