import { Command, Option } from 'commander';
import { v7 } from 'uuid';
import { parseSignedAmount } from '../argument-parsers.ts';
import { writeBalance } from '../describe-balance.ts';
import { findAccount } from '../find-account.ts';
import { parseId } from '../ids.ts';
import type { Run } from '../operator.ts';

const counterparts = ['revenue:usage', 'loss:late', 'loss:bound', 'promo'];

interface Options {
  readonly against: string;
  readonly correctionId?: string;
}

/** `tacet credit correct`: puts something right by a new transfer; the correction id makes a repeated call the same one. */
export function creditCorrectCommand(run: Run): Command {
  return new Command('correct')
    .description('put something right by a new transfer; the ledger itself is never changed')
    .argument('<account>', 'id or e-mail address')
    .argument('<usd>', 'to the account, such as 1.25; from it: -- -1.25', parseSignedAmount)
    .addOption(new Option('--against <account>', 'ledger account on the other side').choices(counterparts).default('revenue:usage'))
    .option('--correction-id <id>', 'id of the correction: repeated with the same id it is the same transfer')
    .action(
      run(async (operator, reference: string, amountNano: bigint, { against, correctionId = v7() }: Options) => {
        const { output, call, client } = operator;
        const id = parseId(correctionId, 'a correction id');
        const accountId = await findAccount(operator, reference);
        output.note(`correction ${correctionId}: to repeat it safely, add --correction-id ${correctionId}`);
        const request = { accountId, amountNano: amountNano.toString(), correctionId: id, counterpart: against };
        await writeBalance(output, await client('Ledger').CorrectBalance(request, call), { correction_id: correctionId });
        return 'ok';
      }),
    );
}
