import { databaseAway } from '@tacet/database';
import { toTacetError } from '@tacet/errors';
import type { Metrics } from '../metrics.ts';

type Unary = (request: never, call: never) => Promise<unknown>;

/** The same rpcs, each call counted and timed by its name and result. Streams are left as they are. */
export function measureCalls<I extends Readonly<Record<string, unknown>>>(metrics: Metrics, implementation: I, streams: readonly (keyof I)[] = []): I {
  const measure = (rpc: string, handler: unknown) => (streams.includes(rpc) ? handler : measureUnary(metrics, rpc, handler as Unary));
  return Object.fromEntries(Object.entries(implementation).map(([rpc, handler]) => [rpc, measure(rpc, handler)])) as I;
}

function measureUnary(metrics: Metrics, rpc: string, handler: Unary): Unary {
  return async (request, call) => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1_000;
    try {
      const response = await handler(request, call);
      metrics.call(rpc, seconds());
      return response;
    } catch (error) {
      metrics.call(rpc, seconds(), toTacetError(databaseAway(error)).code);
      throw error;
    }
  };
}
