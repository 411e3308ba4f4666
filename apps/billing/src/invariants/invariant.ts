import type { Queryable } from '@tacet/database';
import type { Discrepancy, DiscrepancyKind } from '../ledger/report-discrepancy.ts';

/** What part of the books is looked at. */
export interface Scope {
  /** Accounts with `after < account_id <= through`. */
  readonly after: string;
  readonly through: string;
  /** The newest requests; null: all. */
  readonly requestsMax: number | null;
}

/** Everything. */
export const wholeScope: Scope = {
  after: '00000000-0000-0000-0000-000000000000',
  through: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  requestsMax: null,
};

/** A sentence about the books that always holds. */
export interface Invariant {
  /** As docs/money.md counts them. */
  readonly number: number;
  readonly sentence: string;
  readonly kind: DiscrepancyKind;
  /** Reads too much for the reconciler: `tacet ledger check` looks at it alone. */
  readonly wholeOnly?: boolean;
  /**
   * A query in one snapshot with a row per thing looked at: subject, account_id, expected, found, holds. Parameters:
   * $1 after, $2 through, $3 requestsMax (each named by every query, used or not).
   */
  readonly query: string;
}

/** What a look at an invariant found. */
export interface InvariantFinding {
  readonly checked: bigint;
  readonly violations: bigint;
  /** The first violations. */
  readonly examples: readonly Discrepancy[];
}

const examplesMax = 10;

interface Row {
  readonly checked: bigint;
  readonly violations: bigint;
  readonly examples: readonly { subject: string; account_id: string | null; expected: string | null; found: string | null }[] | null;
}

/** Looks at one invariant. */
export async function checkInvariant(database: Queryable, { kind, query }: Invariant, scope: Scope): Promise<InvariantFinding> {
  const { rows } = await database.query<Row>(
    `WITH compared AS MATERIALIZED (${query})
     SELECT count(*) AS checked, count(*) FILTER (WHERE holds IS NOT TRUE) AS violations,
            (SELECT json_agg(e)
               FROM (SELECT subject, account_id, expected::text, found::text FROM compared
                      WHERE holds IS NOT TRUE ORDER BY subject LIMIT ${examplesMax}) AS e) AS examples
       FROM compared`,
    [scope.after, scope.through, scope.requestsMax],
  );
  const [{ checked, violations, examples } = { checked: 0n, violations: 0n, examples: null }] = rows;
  return {
    checked,
    violations,
    examples: (examples ?? []).map((example) => ({
      kind,
      subject: example.subject,
      accountId: example.account_id ?? undefined,
      expected: example.expected === null ? undefined : BigInt(example.expected),
      found: example.found === null ? undefined : BigInt(example.found),
    })),
  };
}
