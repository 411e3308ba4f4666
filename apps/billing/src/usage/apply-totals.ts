import type { Queryable } from '@tacet/database';

/** Totals of no-log requests of one key (or of all keys without a limit) at one price, cumulative over an epoch. */
export interface NoLogTotals {
  readonly accountId: string;
  /** Nil unless the key has a spend limit. */
  readonly keyId: string;
  readonly priceVersion: number;
  readonly version: bigint;
  readonly inputTokens: bigint;
  readonly cachedTokens: bigint;
  readonly outputTokens: bigint;
}

/** Applies totals within the caller's transaction, which holds the edge's session; answers what went to loss:late, nano-USD. */
export async function applyTotals(connection: Queryable, edgeId: string, epoch: number, totals: readonly NoLogTotals[]): Promise<bigint> {
  const { rows } = await connection.query<{ late: bigint }>(
    `SELECT billing.apply_totals($1, $2, $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[],
                                 $7::bigint[], $8::bigint[], $9::bigint[]) AS late`,
    [
      edgeId,
      epoch,
      totals.map((total) => total.accountId),
      totals.map((total) => total.keyId),
      totals.map((total) => total.priceVersion),
      totals.map((total) => total.version),
      totals.map((total) => total.inputTokens),
      totals.map((total) => total.cachedTokens),
      totals.map((total) => total.outputTokens),
    ],
  );
  return rows[0]?.late ?? 0n;
}

/** Price versions of totals that nobody has published, as far as their accounts are there to be charged. */
export async function readUnknownPrices(connection: Queryable, totals: readonly NoLogTotals[]): Promise<readonly bigint[]> {
  const { rows } = await connection.query<{ version: bigint }>(
    `SELECT DISTINCT t.price AS version FROM unnest($1::uuid[], $2::bigint[]) AS t (account, price)
       JOIN billing.balance b ON b.account_id = t.account
      WHERE NOT EXISTS (SELECT FROM billing.price p WHERE p.price_version = t.price)`,
    [totals.map((total) => total.accountId), totals.map((total) => total.priceVersion)],
  );
  return rows.map(({ version }) => version);
}
