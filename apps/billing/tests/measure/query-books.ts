import type { Pool } from '@tacet/database';
import { createGetBalance } from '../../src/rpc/get-balance.ts';
import { createListStatement, statementQuery } from '../../src/rpc/list-statement.ts';
import { createListTransfers } from '../../src/rpc/list-transfers.ts';
import { createListUsage, requestsQuery } from '../../src/rpc/list-usage.ts';
import { customerAccount } from '../../src/ledger/balance.ts';
import { operatorCall } from '../support/open-account.ts';
import { uuid } from '../support/make.ts';
import type { Store } from './open-store.ts';

/** Each account has so many requests, and so many closed days: what grows is the number of accounts. */
const requestsPerAccount = 1_000;
const daysPerAccount = 90;

/** Fills the books with so many requests of normal keys, evenly over 90 days, and the sums and transfers that follow from them. */
export async function fillBooks({ owner, admin }: Store, requests: number): Promise<void> {
  const accounts = Math.max(1, Math.round(requests / requestsPerAccount));
  const id = `(lpad(to_hex(a), 12, '0') || '7000800000000000' || lpad(to_hex(a), 4, '0'))::uuid`;
  await owner.query(`SELECT billing.make_usage_partitions(billing.today() - ${daysPerAccount}, billing.today() + 1)`);
  await admin.query('SET synchronous_commit = off');
  await admin.query(`INSERT INTO billing.balance (account_id, posted) SELECT ${id}, 1000000000000000 FROM generate_series(1, ${accounts}) AS a`);
  await admin.query(`INSERT INTO billing.ledger_account SELECT 'customer:' || ${id} FROM generate_series(1, ${accounts}) AS a`);
  // In the order of time, as they come: the n-th request of every account, then the next.
  await admin.query(
    `INSERT INTO billing.usage_request
     SELECT (lpad(to_hex(at), 12, '0') || '7' || lpad(to_hex(a % 4096), 3, '0') || '8000' || lpad(to_hex(n * 100000 + a), 12, '0'))::uuid,
            ${id}, '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002', n, 1, 1, 1000000, 200, 10, 300, 80500, 80500, 0,
            at, 20, 900, false, true, 1, 1, 1
       FROM generate_series(1, ${requestsPerAccount}) AS n CROSS JOIN generate_series(1, ${accounts}) AS a,
            LATERAL (SELECT (extract(epoch FROM date_trunc('day', now())) * 1000)::bigint - ${daysPerAccount}::bigint * 86400000
                            + n::bigint * ${daysPerAccount} * 86400000 / ${requestsPerAccount} + a AS at) AS t`,
  );
  await admin.query(
    `INSERT INTO billing.usage_period
     SELECT ${id}, false, current_date - d, '01900000-0000-7000-8000-000000000001', 1, 2000, 100, 3000, 805000, 0, 0, d > 1
       FROM generate_series(0, ${daysPerAccount - 1}) AS d CROSS JOIN generate_series(1, ${accounts}) AS a`,
  );
  await admin.query(
    `INSERT INTO billing.ledger_transfer
     SELECT gen_random_uuid(), 'customer:' || ${id}, 'revenue:usage', 805000, 'usage', to_char(current_date - d, 'YYYY-MM-DD'), current_date - d + interval '1 day'
       FROM generate_series(2, ${daysPerAccount - 1}) AS d CROSS JOIN generate_series(1, ${accounts}) AS a`,
  );
  await admin.query(
    `INSERT INTO billing.ledger_transfer
     SELECT gen_random_uuid(), 'promo', 'customer:' || ${id}, 1000000072450000, 'grant', ${id}, current_date - ${daysPerAccount}
       FROM generate_series(1, ${accounts}) AS a`,
  );
  await admin.query('VACUUM (ANALYZE) billing.usage_request, billing.usage_period, billing.ledger_transfer, billing.balance');
}

/** The queries of customers and operators, for accounts at random: milliseconds each, the median. */
export async function queryBooks(store: Store, requests: number, seconds: number): Promise<Record<string, number>> {
  const accounts = Math.max(1, Math.round(requests / requestsPerAccount));
  const pools = store.pool;
  const questions = {
    balance: (accountId: Buffer) => createGetBalance(pools)({ accountId }, operatorCall),
    usage: (accountId: Buffer) => drain(createListUsage(pools)({ accountId, fromMs: '0', toMs: '0', requestsMax: 50 }, operatorCall)),
    transfers: (accountId: Buffer) => drain(createListTransfers(pools)({ accountId }, operatorCall)),
    statement: (accountId: Buffer) => drain(createListStatement(pools)({ accountId, fromMs: '0', toMs: '0' }, operatorCall)),
  };
  const figures: Record<string, number> = {};
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = [];
    const started = performance.now();
    while (times.length < 5 || performance.now() - started < (seconds * 1_000) / 4) {
      const asked = performance.now();
      await ask(accountOf(1 + Math.floor(Math.random() * accounts)));
      times.push(performance.now() - asked);
    }
    times.sort((a, b) => a - b);
    figures[name] = times[times.length >> 1] ?? 0;
  }
  return figures;
}

/** How the database answers them. */
export async function explainQueries({ pool }: Store): Promise<string> {
  const account = uuid(accountOf(1));
  const plans = [
    await explain(pool, 'usage, the newest 50 requests of the last two days', requestsQuery, [account, firstIdOf(2), 'f'.repeat(32), 50]),
    await explain(pool, 'statement', statementQuery, [customerAccount(account), account, 0, 0]),
  ];
  return plans.join('\n');
}

async function explain(pool: Pool, title: string, query: string, values: readonly unknown[]): Promise<string> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${query}`, [...values]);
  return `${title}:\n${rows.map((row) => `    ${row['QUERY PLAN']}\n`).join('')}`;
}

function firstIdOf(daysAgo: number): string {
  return (Date.now() - daysAgo * 86_400_000).toString(16).padStart(12, '0') + '0'.repeat(20);
}

function accountOf(number: number): Buffer {
  const hex = number.toString(16);
  return Buffer.from(`${hex.padStart(12, '0')}7000800000000000${hex.padStart(4, '0')}`, 'hex');
}

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows) continue;
}
