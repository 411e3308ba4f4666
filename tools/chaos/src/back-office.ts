import pg from 'pg';
import type { Rates } from './price.ts';

/** What no account's statement tells: what losses paid, what was set aside, how far each sequence is applied. Money is nano-USD. */
export interface BackOffice {
  readonly lateNano: bigint;
  /** By account. */
  readonly lateByAccount: ReadonlyMap<string, bigint>;
  readonly boundNano: bigint;
  /** What `loss:deleted` paid, or will: usage that arrived after its account had been forgotten. */
  readonly deletedNano: bigint;
  /** All that accounts which are forgotten by now have cost, `deletedNano` among it. */
  readonly closedAccountsNano: bigint;
  /** Records that were set aside, in hexadecimal. */
  readonly deadLetters: readonly string[];
  /** `kind subject`. */
  readonly discrepancies: readonly string[];
  /** By price version. */
  readonly prices: ReadonlyMap<number, Rates & { readonly model: string }>;
  /** By `edge partition`. */
  readonly applied: ReadonlyMap<string, bigint>;
  /** Deletions under way, each by what it is at. */
  readonly deletions: readonly string[];
}

/** Reads it as the superuser of the database. */
export async function readBackOffice(databaseAdminUrl: string): Promise<BackOffice> {
  return withDatabase(databaseAdminUrl, async (client) => {
    const { rows: losses } = await client.query<{ account: string; late: string; bound: string }>('SELECT account_id AS account, sum(late) AS late, sum(bound) AS bound FROM billing.usage_period GROUP BY 1');
    const { rows: letters } = await client.query<{ record: Buffer }>('SELECT record FROM billing.dead_letter');
    const { rows: discrepancies } = await client.query<{ name: string }>("SELECT kind || ' ' || subject AS name FROM billing.discrepancy ORDER BY 1");
    const { rows: progress } = await client.query<{ place: string; applied: string }>("SELECT edge_id || ' ' || partition AS place, applied FROM billing.edge_progress");
    return {
      lateNano: losses.reduce((sum, { late }) => sum + BigInt(late), 0n),
      lateByAccount: new Map(losses.map(({ account, late }) => [account, BigInt(late)])),
      boundNano: losses.reduce((sum, { bound }) => sum + BigInt(bound), 0n),
      deadLetters: letters.map(({ record }) => record.toString('hex')),
      discrepancies: discrepancies.map(({ name }) => name),
      prices: await readPrices(client),
      applied: new Map(progress.map(({ place, applied }) => [place, BigInt(applied)])),
      ...(await readDeletions(client)),
    };
  });
}

async function readPrices(client: pg.Client): Promise<BackOffice['prices']> {
  const { rows } = await client.query<{ version: string; model: string; input: string; cached: string; output: string }>(
    'SELECT price_version AS version, model_id AS model, input_pico AS input, cached_pico AS cached, output_pico AS output FROM billing.price',
  );
  return new Map(rows.map(({ version, model, input, cached, output }) => [Number(version), { model, inputPico: BigInt(input), cachedPico: BigInt(cached), outputPico: BigInt(output) }]));
}

async function readDeletions(client: pg.Client): Promise<Pick<BackOffice, 'deletions' | 'deletedNano' | 'closedAccountsNano'>> {
  const { rows: deletions } = await client.query<{ name: string }>(
    `SELECT format('%s (tried %s times, again in %s s)', step, attempts, greatest(ceil(extract(epoch FROM next_attempt_at - now())), 0)) AS name
       FROM account.deletion ORDER BY account_id`,
  );
  // What revenue has beyond the closed periods of accounts that are still there, and will get of the deleted.
  const { rows } = await client.query<{ deleted: string; closed: string }>(
    `SELECT d.deleted, r.revenue - p.living + d.waiting AS closed
       FROM (SELECT coalesce(sum(CASE WHEN credit_account = 'revenue:usage' THEN amount ELSE -amount END), 0) AS revenue
               FROM billing.ledger_transfer WHERE 'revenue:usage' IN (credit_account, debit_account)) AS r,
            (SELECT coalesce(sum(charged + late + bound), 0) AS living FROM billing.usage_period WHERE closed) AS p,
            (SELECT coalesce(sum(amount), 0) AS deleted, coalesce(sum(amount) FILTER (WHERE NOT closed), 0) AS waiting FROM billing.deleted_usage) AS d`,
  );
  return { deletions: deletions.map(({ name }) => name), deletedNano: BigInt(rows[0]?.deleted ?? 0), closedAccountsNano: BigInt(rows[0]?.closed ?? 0) };
}

/** What leases were granted since their epochs began, by account and lease. */
export async function readGrants(databaseAdminUrl: string): Promise<ReadonlyMap<string, ReadonlyMap<string, bigint>>> {
  return withDatabase(databaseAdminUrl, async (client) => {
    const { rows } = await client.query<{ account: string; lease: string; granted: string }>("SELECT account_id AS account, edge_id || ' ' || epoch || ' ' || key_id AS lease, granted FROM billing.spend_lease");
    const byAccount = Map.groupBy(rows, ({ account }) => account);
    return new Map([...byAccount].map(([account, leases]) => [account, new Map(leases.map(({ lease, granted }) => [lease, BigInt(granted)]))]));
  });
}

/** Whether nobody can use an account any more: its deletion has begun, or is over. */
export async function isAccountGone(databaseAdminUrl: string, accountId: string): Promise<boolean> {
  return withDatabase(databaseAdminUrl, async (client) => {
    const { rowCount } = await client.query("SELECT FROM account.account WHERE account_id = $1 AND status <> 'deleting'", [accountId]);
    return rowCount === 0;
  });
}

/** Opens a connection of the superuser for as long as `use` runs. */
export async function withDatabase<T>(databaseAdminUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseAdminUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
