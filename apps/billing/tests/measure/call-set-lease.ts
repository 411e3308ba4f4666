import { nilUuid } from '../../src/rpc/fields.ts';
import { TestEdge, uuid } from '../support/make.ts';
import type { Store } from './open-store.ts';

const edgesCount = 3;

/** Sets leases for so long, so many at a time: calls a second, and how long one waits. */
export async function callSetLease(store: Store, accounts: readonly Buffer[], inFlight: number, seconds: number): Promise<Record<string, number>> {
  await store.fund(accounts);
  const edges = Array.from({ length: edgesCount }, () => new TestEdge());
  for (const edge of edges)
    await store.pool.query("SELECT billing.open_session($1, 1, array_fill(0::bigint, ARRAY[12]), interval '1 h')", [edge.uuid]);
  let version = 0n;
  const times: number[] = [];
  const started = performance.now();
  const caller = async () => {
    while (performance.now() - started < seconds * 1_000) {
      version++;
      const edge = edges[Number(version % BigInt(edgesCount))];
      const accountId = accounts[Number(version) % accounts.length];
      if (!edge || !accountId) return;
      const sent = performance.now();
      const targetNano = version * 10n;
      await store.desk.set({ edgeId: edge.uuid, epoch: 1, accountId: uuid(accountId), keyId: nilUuid, version, targetNano, limits: undefined });
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const rate = times.length / ((performance.now() - started) / 1_000);
  times.sort((a, b) => a - b);
  return { rate, p50: times[times.length >> 1] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}
