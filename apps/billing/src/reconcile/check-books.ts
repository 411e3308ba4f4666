import type { Pool } from '@tacet/database';
import type { Events } from '../events.ts';
import { checkInvariant, wholeScope, type Scope } from '../invariants/invariant.ts';
import { invariants } from '../invariants/invariants.ts';
import { reportDiscrepancy } from '../ledger/report-discrepancy.ts';
import type { Metrics } from '../metrics.ts';

/** What one run looks at: a part of the accounts, going round, and the newest requests. `tacet ledger check` looks at all. */
const accountsPerRun = 5_000;
const requestsPerRun = 10_000;

/** Looks at the invariants, a part of the accounts with each run; what is broken is written down, never repaired. */
export class BookCheck {
  readonly #pool: Pool;
  readonly #metrics: Metrics;
  readonly #events: Events;
  #after = wholeScope.after;

  constructor(pool: Pool, metrics: Metrics, events: Events) {
    this.#pool = pool;
    this.#metrics = metrics;
    this.#events = events;
  }

  async run(): Promise<void> {
    const scope = await this.#nextScope();
    for (const invariant of invariants.filter(({ wholeOnly }) => !wholeOnly)) {
      // The whole ledger is summed once a round.
      if (invariant.kind === 'ledger_not_zero' && scope.through !== wholeScope.through) continue;
      const { violations, examples } = await checkInvariant(this.#pool, invariant, scope);
      this.#metrics.invariants.set({ number: String(invariant.number) }, violations === 0n ? 1 : 0);
      if (violations === 0n) continue;
      this.#events.invariantBroken(invariant.number, Number(violations));
      for (const example of examples) await reportDiscrepancy(this.#pool, example);
    }
  }

  async #nextScope(): Promise<Scope> {
    const { rows } = await this.#pool.query<{ account_id: string }>(
      'SELECT account_id FROM billing.balance WHERE account_id > $1 ORDER BY account_id OFFSET $2 LIMIT 1',
      [this.#after, accountsPerRun - 1],
    );
    const after = this.#after;
    const through = rows[0]?.account_id ?? wholeScope.through;
    this.#after = rows[0]?.account_id ?? wholeScope.after;
    return { after, through, requestsMax: requestsPerRun };
  }
}
