import { transaction, type Pool } from '@tacet/database';
import type { InvariantResult } from '@tacet/rpc/types/ledger/v1/InvariantResult';
import { checkInvariant, wholeScope } from '../invariants/invariant.ts';
import { invariants } from '../invariants/invariants.ts';
import type { LedgerHandler } from './handler.ts';

/** Looking through all books may take this long. */
const checkMs = 600_000;

/** Looks at every invariant over everything. */
export function createCheckLedger(pool: Pool): LedgerHandler<'CheckLedger'> {
  return async () => {
    const results: InvariantResult[] = [];
    for (const invariant of invariants) {
      const { checked, violations, examples } = await transaction(pool, async (connection) => {
        await connection.query(`SET LOCAL statement_timeout = ${checkMs}`);
        return checkInvariant(connection, invariant, wholeScope);
      });
      results.push({
        number: invariant.number,
        sentence: invariant.sentence,
        holds: violations === 0n,
        checked: checked.toString(),
        violations: violations.toString(),
        examples: examples.map(
          ({ subject, expected, found }) => `${subject}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
        ),
      });
    }
    return { invariants: results };
  };
}
