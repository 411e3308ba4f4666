import { Command } from 'commander';
import { parseAmount } from '../argument-parsers.ts';
import { writeBalance } from '../describe-balance.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';

/** `tacet credit overdraft`: how far below zero an account may go. */
export function creditOverdraftCommand(run: Run): Command {
  return new Command('overdraft')
    .description('set how far below zero an account may go')
    .argument('<account>', 'id or e-mail address')
    .argument('<usd>', 'such as 5.00; 0 takes the overdraft back', parseAmount)
    .action(
      run(async (operator, reference: string, overdraftNano: bigint) => {
        const accountId = await findAccount(operator, reference);
        const balance = await operator.client('Ledger').SetOverdraft({ accountId, overdraftNano: overdraftNano.toString() }, operator.call);
        await writeBalance(operator.output, balance);
        return 'ok';
      }),
    );
}
