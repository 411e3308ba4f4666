import { Command } from 'commander';
import { writeBalance } from '../describe-balance.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';

/** `tacet balance`: what an account has, what running requests hold, what is left. */
export function balanceCommand(run: Run): Command {
  return new Command('balance')
    .description('show what an account has, what running requests hold of it, and what is available')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const accountId = await findAccount(operator, reference);
        await writeBalance(operator.output, await operator.client('Ledger').GetBalance({ accountId }, operator.call));
        return 'ok';
      }),
    );
}
