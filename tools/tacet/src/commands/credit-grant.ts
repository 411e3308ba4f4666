import { Command } from 'commander';
import { v7 } from 'uuid';
import { parsePositiveAmount } from '../argument-parsers.ts';
import { writeBalance } from '../describe-balance.ts';
import { findAccount } from '../find-account.ts';
import { parseId } from '../ids.ts';
import type { Run } from '../operator.ts';

/** `tacet credit grant`: credits an account; the grant id makes a repeated call the same transfer. */
export function creditGrantCommand(run: Run): Command {
  return new Command('grant')
    .description('credit an account')
    .argument('<account>', 'id or e-mail address')
    .argument('<usd>', 'such as 12.50', parsePositiveAmount)
    .option('--grant-id <id>', 'id of the grant: repeated with the same id it is the same transfer')
    .action(
      run(async (operator, reference: string, amountNano: bigint, { grantId = v7() }: { grantId?: string }) => {
        const { output, call, client } = operator;
        const grant = parseId(grantId, 'a grant id');
        const accountId = await findAccount(operator, reference);
        // Told before the call, so that an answer that gets lost can be asked for again without a second credit.
        output.note(`grant ${grantId}: to repeat it safely, add --grant-id ${grantId}`);
        const balance = await client('Ledger').GrantCredit({ accountId, amountNano: amountNano.toString(), grantId: grant }, call);
        await writeBalance(output, balance, { grant_id: grantId });
        return 'ok';
      }),
    );
}
