/**
 * Does what `npm run bench -- ledger` measures, in a process of its own: one line of JSON in (`{"case": …, "seconds": …}`), one out
 * (figures). Runs by itself, too: `node --conditions=source apps/billing/tests/measure/serve.ts CASE [SECONDS]`.
 */
import { createInterface } from 'node:readline';
import { makeId } from '../support/make.ts';
import { applyRecords } from './apply-records.ts';
import { callSetLease } from './call-set-lease.ts';
import { copyRows } from './copy-rows.ts';
import { startStoreServer, type Store } from './open-store.ts';
import { explainQueries, fillBooks, queryBooks } from './query-books.ts';

const manyAccounts = 10_000;
const server = await startStoreServer();
const stores = new Map<string, Promise<Store>>();

/** The database of a name; made at its first use. */
function storeOf(name: string, fill: (store: Store) => Promise<void> = async () => undefined): Promise<Store> {
  const known = stores.get(name);
  if (known) return known;
  const opening = server.open(name).then(async (store) => {
    await fill(store);
    return store;
  });
  stores.set(name, opening);
  return opening;
}

const booksOf = (rows: number) => storeOf(`books_${rows}`, (store) => fillBooks(store, rows));
const many = () => Array.from({ length: manyAccounts }, () => makeId());

async function run(name: string, seconds: number): Promise<Record<string, number | string>> {
  const [what = '', detail = ''] = name.split(' ');
  switch (what) {
    case 'copy':
      return copyRows(await storeOf('stores'));
    case 'apply':
      return applyRecords(await storeOf('stores'), detail === 'hot' ? [makeId()] : many(), seconds);
    case 'leases':
      return callSetLease(await storeOf('stores'), detail.startsWith('hot') ? [makeId()] : many(), Number(detail.split('-')[1]), seconds);
    case 'queries':
      return queryBooks(await booksOf(Number(detail)), Number(detail), seconds);
    case 'plans':
      return { plans: await explainQueries(await booksOf(Number(detail))) };
    default:
      throw new Error(`no such case: ${name}`);
  }
}

const [, , once, onceSeconds = '3'] = process.argv;
try {
  if (once === undefined) {
    for await (const line of createInterface({ input: process.stdin })) {
      const { case: name, seconds } = JSON.parse(line) as { case: string; seconds: number };
      process.stdout.write(`${JSON.stringify(await run(name, seconds))}\n`);
    }
  } else {
    const figures = await run(once, Number(onceSeconds));
    process.stdout.write(typeof figures['plans'] === 'string' ? figures['plans'] : `${JSON.stringify(figures)}\n`);
  }
} finally {
  await server.stop();
}
