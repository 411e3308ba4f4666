import { Command } from 'commander';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';

/** Longest that a check of the whole ledger may take. */
const checkMs = 600_000;

const columns = [
  { title: '#', align: 'right' as const },
  { title: 'HOLDS', style: (text: string) => (text === 'yes' ? ('green' as const) : ('red' as const)) },
  { title: 'CHECKED', align: 'right' as const },
  { title: 'VIOLATIONS', align: 'right' as const },
  { title: 'INVARIANT' },
];

/** `tacet ledger check`: the invariants of the ledger; exit code 1 when one does not hold. */
export function ledgerCheckCommand(run: Run): Command {
  return new Command('check')
    .description('check the invariants of the ledger; exit code 1 when one does not hold')
    .action(
      run(async ({ output, signal, client }) => {
        const { invariants } = await client('Ledger').CheckLedger({}, { signal, deadlineMs: checkMs });
        // An empty answer has proven nothing.
        const holds = invariants.length > 0 && invariants.every((invariant) => invariant.holds);
        await output.document({ holds, invariants: invariants.map(({ number, sentence, holds: one, checked, violations, examples }) => ({ number, sentence, holds: one, checked, violations, examples })) }, () => {
          const rows = invariants.map(({ number, sentence, holds: one, checked, violations }) => [String(number), one ? 'yes' : 'NO', checked, violations, sentence]);
          const examples = invariants.filter(({ examples: found }) => found.length > 0).map(({ number, examples: found }) => `\ninvariant ${number}, first violations:\n${found.map((example) => `  ${example}\n`).join('')}`);
          return renderTable(columns, rows, output.paint) + examples.join('');
        });
        output.note(holds ? 'Every invariant holds.' : 'The ledger is not sound.');
        return holds ? 'ok' : 'failed';
      }),
    );
}
