import { resolve } from 'node:path';
import { readSecretFile } from '@tacet/service';
import { Command } from 'commander';
import { accountToFields, accountToJson } from '../describe-account.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

/** `tacet account create`: a verified account with a data key and a balance of 0. */
export function accountCreateCommand(run: Run): Command {
  return new Command('create')
    .description('make a verified account with a balance of 0')
    .option('--email <address>', 'without it the account has no address and can only be used by its keys')
    .option('--password-file <file>', 'file (0600) with a password of at least 12 characters; without it nobody can sign in')
    .action(
      run(async ({ output, folder, call, client }, { email = '', passwordFile }: { email?: string; passwordFile?: string }) => {
        const password = passwordFile === undefined ? '' : readSecretFile('--password-file', resolve(folder, passwordFile));
        const account = await client('AccountAdmin').CreateAccount({ email, password }, call);
        await output.document(accountToJson(account), () => renderFields(accountToFields(account), output.paint));
        if (password === '') output.note('The account has no password: nobody can sign in with it.');
        return 'ok';
      }),
    );
}
