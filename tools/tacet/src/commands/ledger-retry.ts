import { Command } from 'commander';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

/** Seven days of dead letters may take this long. */
const retryMs = 600_000;

/** `tacet ledger retry`: charges the dead letters that can be charged by now. */
export function ledgerRetryCommand(run: Run): Command {
  return new Command('retry')
    .description('charge the dead letters that can be charged by now, such as those of a price that was missing')
    .action(
      run(async ({ output, call, client }) => {
        const { charged, superseded, kept } = await client('Ledger').RetryDeadLetters({}, { ...call, deadlineMs: retryMs });
        await output.document({ charged, superseded, kept }, () =>
          renderFields([['charged', String(charged)], ['superseded', String(superseded)], ['kept', String(kept)]], output.paint),
        );
        return 'ok';
      }),
    );
}
