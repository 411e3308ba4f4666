import type { InvariantResult__Output } from '@tacet/rpc/types/ledger/v1/InvariantResult';
import { Command } from 'commander';
import type { Run } from '../operator.ts';
import { printable, type Paint } from '../paint.ts';
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
  return new Command('check').description('check the invariants of the ledger; exit code 1 when one does not hold').action(
    run(async ({ output, signal, client }) => {
      const { invariants } = await client('Ledger').CheckLedger({}, { signal, deadlineMs: checkMs });
      // An empty answer has proven nothing.
      const holds = invariants.length > 0 && invariants.every((invariant) => invariant.holds);
      await output.document({ holds, invariants: invariants.map((invariant) => ({ ...invariant })) }, () =>
        renderInvariants(invariants, output.paint),
      );
      output.note(holds ? 'Every invariant holds.' : 'The ledger is not sound.');
      return holds ? 'ok' : 'failed';
    }),
  );
}

function renderInvariants(invariants: readonly InvariantResult__Output[], paint: Paint): string {
  const rows = invariants.map((one) => [String(one.number), one.holds ? 'yes' : 'NO', one.checked, one.violations, one.sentence]);
  const broken = invariants.filter(({ examples }) => examples.length > 0);
  const examples = broken.map(
    (one) => `\ninvariant ${one.number}, first violations:\n${one.examples.map((example) => `  ${printable(example)}\n`).join('')}`,
  );
  return renderTable(columns, rows, paint) + examples.join('');
}
