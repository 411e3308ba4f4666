import { Command } from 'commander';
import { accountKekToJson } from '../describe-account-kek.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';

/** `tacet kek account set`: an account's data keys move under a master key of its own. */
export function kekAccountSetCommand(run: Run): Command {
  return new Command('set')
    .description('wrap an account\'s data keys under a key of its own; from then on nothing else opens its messages')
    .argument('<account>', 'id or e-mail address')
    .argument('<provider>', 'a name of providers.yaml that is open to accounts')
    .argument('<key>', 'name or ARN of a key there')
    .action(
      run(async (operator, reference: string, providerName: string, key: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const kek = await client('KeyService').SetAccountKek({ accountId, providerName, key }, call);
        await output.document(accountKekToJson(kek), () => `${kek.kekId} version ${kek.kekVersion} wraps the ${kek.deks} data keys of the account from now on.\n`);
        return 'ok';
      }),
    );
}
