import type { Queryable } from '@tacet/database';
import type { LedgerTwin } from './ledger-twin.ts';

/** Everything of some accounts and edges that both billing and its twin have, in one form. */
export type Books = Record<string, Record<string, string>>;

/** Reads the books of the database. */
export async function readBooks(database: Queryable, accountIds: readonly string[], edgeIds: readonly string[]): Promise<Books> {
  const read = async (text: string) => {
    const { rows } = await database.query<{ name: string; value: string }>(text, [text.includes('WHERE edge_id') ? edgeIds : accountIds]);
    return Object.fromEntries(rows.map(({ name, value }) => [name.replaceAll('-', ''), value]));
  };
  return {
    accounts: await read(
      "SELECT account_id::text AS name, concat_ws(' ', posted, held, overdraft, state) AS value FROM billing.balance WHERE account_id = ANY ($1::uuid[])",
    ),
    leases: await read(
      "SELECT concat_ws(' ', edge_id, epoch, account_id, key_id) AS name, concat_ws(' ', granted, spent, version) AS value FROM billing.spend_lease WHERE edge_id = ANY ($1::uuid[])",
    ),
    sessions: await read(
      "SELECT edge_id::text AS name, concat_ws(' ', epoch, number, released) AS value FROM billing.edge_session WHERE edge_id = ANY ($1::uuid[])",
    ),
    progress: await read(
      "SELECT concat_ws(' ', edge_id, partition) AS name, applied::text AS value FROM billing.edge_progress WHERE edge_id = ANY ($1::uuid[])",
    ),
    requests: await read(
      "SELECT request_id::text AS name, concat_ws(' ', seq, charge, billed, late, input_tokens, cached_tokens, output_tokens, final) AS value FROM billing.usage_request WHERE account_id = ANY ($1::uuid[])",
    ),
    periods: await read(
      "SELECT concat_ws(' ', account_id, CASE WHEN no_log THEN 'month' ELSE 'day' END, key_id, price_version) AS name, concat_ws(' ', sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(charged), sum(late), sum(bound)) AS value FROM billing.usage_period WHERE account_id = ANY ($1::uuid[]) GROUP BY 1",
    ),
    totals: await read(
      "SELECT concat_ws(' ', edge_id, epoch, account_id, key_id, price_version) AS name, concat_ws(' ', version, input_tokens, cached_tokens, output_tokens, billed, late) AS value FROM billing.nolog_total WHERE edge_id = ANY ($1::uuid[])",
    ),
    keys: await read(
      "SELECT concat_ws(' ', account_id, key_id) AS name, concat_ws(' ', day_nano, month_nano, total_nano, day_limit, month_limit, total_limit) AS value FROM billing.key_spend WHERE account_id = ANY ($1::uuid[])",
    ),
  };
}

/** Reads the books of the twin. */
export function twinBooks(twin: LedgerTwin): Books {
  const table = <T>(map: ReadonlyMap<string, T>, of: (one: T) => readonly unknown[]) =>
    Object.fromEntries([...map].map(([name, one]) => [name, of(one).map(String).join(' ')]));
  return {
    accounts: table(twin.accounts, (a) => [a.posted, a.held, a.overdraft, a.state]),
    leases: table(twin.leases, (l) => [l.granted, l.spent, l.version]),
    sessions: table(twin.sessions, (s) => [s.epoch, s.number, s.released ? 't' : 'f']),
    progress: table(twin.progress, (applied) => [applied]),
    requests: table(twin.requests, ({ record, charge, billed, late }) => [
      record.seq,
      charge,
      billed,
      late,
      record.inputTokens,
      record.cachedTokens,
      record.outputTokens,
      record.kind === 'final' ? 't' : 'f',
    ]),
    periods: table(twin.periods, (p) => [p.input, p.cached, p.output, p.charged, p.late, p.bound]),
    totals: table(twin.totals, (t) => [t.version, t.input, t.cached, t.output, t.billed, t.late]),
    keys: table(twin.keys, (k) => [k.spentToday, k.spent, k.spent, k.day, k.month, k.total]),
  };
}
