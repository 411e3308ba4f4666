import { Command } from 'commander';
import { accountKekToJson } from '../describe-account-kek.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';

/** `tacet kek account clear`: an account's data keys move back under the deployment's master key. */
export function kekAccountClearCommand(run: Run): Command {
  return new Command('clear')
    .description('wrap an account\'s data keys under the deployment\'s master key again; its own must still be usable')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const kek = await client('KeyService').SetAccountKek({ accountId }, call);
        await output.document(accountKekToJson(kek), () => `${kek.kekId} version ${kek.kekVersion} wraps the ${kek.deks} data keys of the account from now on.\n`);
        return 'ok';
      }),
    );
}
