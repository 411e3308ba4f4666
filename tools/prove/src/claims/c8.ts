import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CanarySet, readTables } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { everySink } from '../sinks.ts';
import { makeKeyRing, sayOnEveryPath } from '../talk.ts';
import { within } from '../within.ts';
import type { World } from '../world.ts';

/** The only tables that a no-log request may change. */
const allowed = ['billing.balance', 'billing.spend_lease', 'billing.nolog_total', 'billing.usage_period', 'billing.key_spend'];
/** Change with every request, whoever made it: positions and totals of an edge, without account or key. */
const anonymous = ['billing.edge_session', 'billing.edge_progress', 'billing.kafka_offset', 'billing.revision', 'billing.lease_wait', 'billing.nolog_fold'];

/** Longer than what was counted takes to come to the ledger. */
const quietMs = 1_500;

/** No-log. */
export const c8: Claim = {
  id: 'C8',
  sentence: 'A no-log key leaves token totals and money, and nothing else: no row, no log line, no id and no time of a request, whatever becomes of it.',
  caveat: "The database's own log of writes shows that some balance changed in some minute.",
  sinks: everySink,
  mutation: {
    what: 'an edge that takes every key for a normal one',
    processes: ['edge'],
    patches: [{ file: 'apps/edge/src/keys/caller.ts', from: '    noLog,\n    models: models.length', to: '    noLog: false,\n    models: models.length' }],
  },
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const person = await Person.create(world.constellation, { noLog: true });
    const { accountId, keyId } = person.account;
    const keys = await makeKeyRing(person, true);
    const before = await readQuietTables(world);
    const logged = await readLog(world);
    const answers = await sayOnEveryPath(world, keys, canaries);
    require(answers.get('stream')?.status === 200 && answers.get('whole')?.status === 200, 'the edge does not answer');
    await within(20_000, 'the totals are in the ledger', async () => {
      const { rows } = await world.main.query<{ n: string }>('SELECT count(*) AS n FROM billing.nolog_total WHERE account_id = $1', [accountId]);
      const { rows: normal } = await world.main.query<{ n: string }>('SELECT count(*) AS n FROM billing.usage_request WHERE account_id = $1', [accountId]);
      hold(Number(normal[0]?.n) === 0, 'a row of a no-log request is in usage_request');
      return Number(rows[0]?.n) > 0;
    });
    const after = await readTables(world.main);
    for (const [table, rows] of after) {
      if (allowed.includes(table)) continue;
      const fresh = [...rows].filter((row) => before.get(table)?.has(row) !== true);
      const isNamed = fresh.some((row) => [accountId, keyId].some((id) => row.includes(id) || row.includes(id.replaceAll('-', ''))));
      hold(fresh.length === 0 || (anonymous.includes(table) && !isNamed), `the table ${table} has changed`);
    }
    const lines = (await readLog(world)).slice(logged.length).split('\n');
    // A key that nobody has is no no-log key: its line is a count, of nobody.
    const ofRequests = lines.filter((line) => /request_finished|request_id/.test(line) && !line.includes('"status":401'));
    hold(ofRequests.length === 0, 'the edge has written a line for a request');
    hold(!(await kafkaHolds(world, accountId)), 'a record of the account went through Kafka');
    await world.expectClean(everySink, canaries, sinceMs);
  },
};

/** Every table, once nothing changes any more without a request: the comparison with the time after is one of with and without. */
async function readQuietTables(world: World): Promise<Awaited<ReturnType<typeof readTables>>> {
  let tables = await readTables(world.main);
  await within(30_000, 'nothing changes without a request', async () => {
    const last = tables;
    await sleep(quietMs);
    tables = await readTables(world.main);
    return [...tables].every(([table, rows]) => anonymous.includes(table) || [...rows].every((row) => last.get(table)?.has(row)));
  });
  return tables;
}

async function readLog(world: World): Promise<string> {
  return readFile(world.process('edge').logFile, 'utf8');
}

/** Whether any segment of any topic holds the account's id, as bytes or text. */
async function kafkaHolds(world: World, accountId: string): Promise<boolean> {
  const folder = world.constellation.servers.kafka?.dataFolder ?? '';
  const bytes = Buffer.from(accountId.replaceAll('-', ''), 'hex');
  for (const topic of (await readdir(folder)).filter((name) => name.startsWith('usage.'))) {
    for (const name of (await readdir(join(folder, topic))).filter((file) => file.endsWith('.log'))) {
      const segment = await readFile(join(folder, topic, name));
      if (segment.includes(bytes) || segment.includes(accountId)) return true;
    }
  }
  return false;
}
