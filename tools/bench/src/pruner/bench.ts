import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startConstellation, startProcess, type Constellation } from '@tacet/constellation';
import { freePort } from '@tacet/servers';
import pg from 'pg';
import { defineBench, type Figures } from '../frame/bench.ts';

/** Conversations that one round deletes, and messages of 1 KiB in each; `sweep-large` has the million of the bar. */
const conversations = { small: 20_000, large: 100_000 };
const messagesPerConversation = 10;
const readsPerSecond = 200;

/** The pruner beside a bare DELETE of the same rows, while somebody reads. */
export const prunerBench = defineBench({
  name: 'pruner',
  prepare: async ({ folder, wanted, tell, onStop }) => {
    const constellation = await startConstellation({
      mode: 'embedded', edges: 0, accounts: 0, billings: 0, pruners: 0, worker: [], models: [], ownServers: true, folder: join(folder, 'deployment'), tell,
    });
    onStop(() => constellation.stop());
    const store = await openStore(constellation);
    onStop(() => store.close());
    const sizes = [['sweep', conversations.small] as const, ...(wanted?.has('sweep-large') ? [['sweep-large', conversations.large] as const] : [])];
    return sizes.map(([name, count]) => ({
      name,
      title: `${(count * messagesPerConversation).toLocaleString('en')} expired messages of 1 KiB in ${count.toLocaleString('en')} conversations; reads at ${readsPerSecond}/s meanwhile`,
      columns: { rate: { unit: 'messages/s', ratio: true }, p99: { unit: 'p99 ms of a read', digits: 1 } },
      baseline: 'bare DELETE',
      rounds: 3,
      cases: [
        { name: 'bare DELETE', run: () => store.deleteBare(count) },
        { name: 'pruner', run: () => store.sweep(constellation, count) },
      ],
      bars: [
        { name: 'pruner', unit: 'messages/s', atLeast: 200_000, value: (median: (name: string, figure: string) => number) => median('pruner', 'rate') },
        { name: 'reads beside the pruner', unit: 'p99 ms', digits: 1, atMost: 5, value: (median: (name: string, figure: string) => number) => median('pruner', 'p99') },
      ],
    }));
  },
});

interface Store {
  deleteBare(count: number): Promise<Figures>;
  sweep(constellation: Constellation, count: number): Promise<Figures>;
  close(): Promise<void>;
}

async function openStore({ servers }: Constellation): Promise<Store> {
  const connect = async () => {
    const client = new pg.Client({ connectionString: servers.databases.main.databaseAdminUrl });
    await client.connect();
    return client;
  };
  const [admin, reader] = [await connect(), await connect()];
  const accountId = randomUUID();
  await admin.query("INSERT INTO account.account (account_id, status, created_on) VALUES ($1, 'active', now())", [accountId]);
  const kept = await fill(admin, accountId, 1_000, "now() + interval '1 day'");
  let sweeps = 0;
  return {
    deleteBare: async (count) => {
      await fill(admin, accountId, count, "now() - interval '1 hour'");
      const start = performance.now();
      const p99 = await besideReads(reader, kept, () => admin.query('DELETE FROM account.conversation WHERE expires_at <= now()'));
      return { rate: (count * messagesPerConversation * 1_000) / (performance.now() - start), p99 };
    },
    sweep: async (constellation, count) => {
      await fill(admin, accountId, count, "now() - interval '1 hour'");
      let ms = 0;
      const p99 = await besideReads(reader, kept, async () => (ms = await runPruner(constellation, `sweep-${++sweeps}`)));
      return { rate: (count * messagesPerConversation * 1_000) / ms, p99 };
    },
    close: async () => {
      await admin.end();
      await reader.end();
    },
  };
}

/** Conversations with messages, random so that nothing compresses. Returns some ids. */
async function fill(admin: pg.Client, accountId: string, count: number, expiresAt: string): Promise<readonly string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO account.conversation (id, account_id, ephemeral, expires_at, epoch, model_id, created_at)
     SELECT gen_random_uuid(), $1, true, ${expiresAt}, 1, 'demo-model', now() FROM generate_series(1, $2::int) RETURNING id`,
    [accountId, count],
  );
  await admin.query(
    `INSERT INTO account.message (id, conversation_id, position, body)
     SELECT gen_random_uuid(), id, position, '\\xc1'::bytea || decode(repeat(md5(random()::text), 31), 'hex') || decode(repeat(md5(id::text), 31), 'hex')
     FROM unnest($1::uuid[]) id, generate_series(0, $2::int - 1) position`,
    [rows.map(({ id }) => id), messagesPerConversation],
  );
  await admin.query('VACUUM ANALYZE account.conversation, account.message');
  await admin.query('CHECKPOINT');
  return rows.slice(0, 1_000).map(({ id }) => id);
}

/** Reads conversations at a steady rate while `work` goes on; the 99th percentile of a read, in milliseconds. */
async function besideReads(reader: pg.Client, ids: readonly string[], work: () => Promise<unknown>): Promise<number> {
  const run = { goesOn: true };
  const times: number[] = [];
  const reading = (async () => {
    for (let due = performance.now(), i = 0; run.goesOn; due += 1_000 / readsPerSecond, i++) {
      await sleep(Math.max(0, due - performance.now()));
      const start = performance.now();
      await reader.query('SELECT id, position, body FROM account.message WHERE conversation_id = $1 ORDER BY position', [ids[i % ids.length]]);
      times.push(performance.now() - start);
    }
  })();
  await work();
  run.goesOn = false;
  await reading;
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

/** One sweep of the real process; how long it deleted, as it says itself: without the start of a process. */
async function runPruner({ paths, addresses }: Constellation, name: string): Promise<number> {
  const environment = {
    TACET_METRICS_PORT: String(await freePort()),
    TACET_TLS_DIR: paths.certificates('pruner'),
    TACET_POSTGRES_URL_FILE: paths.databaseUrl('tacet_pruner'),
    TACET_KEYS_ADDRESS: addresses.keys,
  };
  const pruner = await startProcess('pruner', environment, { folder: paths.logs, workingFolder: paths.folder, name, arguments: ['sweep'] });
  await pruner.ended;
  const lines = (await readFile(pruner.logFile, 'utf8')).split('\n').filter((line) => line.includes('"rows_deleted"'));
  const deleted = lines.map((line) => JSON.parse(line) as { name: string; ms: number }).find((line) => line.name === 'conversation');
  if (!deleted) throw new Error('the pruner deleted nothing');
  return deleted.ms;
}
