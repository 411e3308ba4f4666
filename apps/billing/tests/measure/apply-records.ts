import { nilUuid } from '../../src/rpc/fields.ts';
import type { UsageColumns } from '../../src/usage/usage-columns.ts';
import { encode, makeId, TestEdge, uuid } from '../support/make.ts';
import type { Store } from './open-store.ts';

export const recordsPerCommit = 2_000;
const counts = { inputTokens: 200, cachedTokens: 10, outputTokens: 300 };

/** Applies records for about so long, as the consumer does: reads the next batch while the database works. */
export async function applyRecords(store: Store, accounts: readonly Buffer[], seconds: number): Promise<Record<string, number>> {
  const edge = new TestEdge();
  await prepare(store, edge, accounts);
  const keyId = makeId();
  const makeBatch = () =>
    encode(
      ...Array.from({ length: recordsPerCommit }, () => {
        edge.outbox.length = 0;
        return edge.emit(accounts[Math.floor(Math.random() * accounts.length)] ?? keyId, { ...counts, keyId });
      }),
    );
  // Edges make the records, not billing: they are made before the clock runs.
  const batches = Array.from({ length: Math.max(2, Math.ceil((seconds * 60_000) / recordsPerCommit)) }, makeBatch);
  const [cpu, backend, started] = [process.cpuUsage(), await store.backendSeconds(), performance.now()];
  let applied = 0;
  let reading: Promise<UsageColumns> = store.writer.read(batches[0] ?? []);
  for (let at = 0; at < batches.length && (at === 0 || performance.now() - started < seconds * 1_000); at++) {
    const columns = await reading;
    const meanwhile = () => {
      reading = store.writer.read(batches[at + 1] ?? []);
    };
    await store.writer.write(columns, { before: async () => true, meanwhile, after: async () => undefined });
    applied += recordsPerCommit;
  }
  await reading;
  const rate = applied / ((performance.now() - started) / 1_000);
  const spent = process.cpuUsage(cpu);
  const here = (spent.user + spent.system) / applied;
  const there = (((await store.backendSeconds()) - backend) * 1_000_000) / applied;
  return { rate, cpu: here + there, cpuBilling: here, cpuDatabase: there };
}

async function prepare(store: Store, edge: TestEdge, accounts: readonly Buffer[]): Promise<void> {
  await store.fund(accounts);
  await store.pool.query("SELECT billing.open_session($1, 1, array_fill(0::bigint, ARRAY[12]), interval '1 h')", [edge.uuid]);
  const lease = (accountId: Buffer) =>
    store.desk.set({
      edgeId: edge.uuid,
      epoch: 1,
      accountId: uuid(accountId),
      keyId: nilUuid,
      version: 1n,
      targetNano: 100_000_000_000n,
      limits: undefined,
    });
  for (let at = 0; at < accounts.length; at += 1_000) await Promise.all(accounts.slice(at, at + 1_000).map(lease));
}
