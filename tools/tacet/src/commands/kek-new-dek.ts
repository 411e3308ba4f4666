import { Command } from 'commander';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

/** `tacet kek new-dek`: the next version of an account's data key. */
export function kekNewDekCommand(run: Run): Command {
  return new Command('new-dek')
    .description('make the next version of an account\'s data key, which its new messages are sealed under')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const { dekVersion, kekId, kekVersion } = await client('KeyService').RotateDek({ accountId }, call);
        await output.document({ account_id: formatId(accountId), dek_version: dekVersion, kek_id: kekId, kek_version: kekVersion }, () => `New messages are sealed under data key version ${dekVersion}; older ones stay readable.\n`);
        return 'ok';
      }),
    );
}
