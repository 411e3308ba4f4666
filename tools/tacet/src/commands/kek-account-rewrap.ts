import { Command } from 'commander';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

/** `tacet kek account rewrap`: an account's data keys move under the newest version of its key. */
export function kekAccountRewrapCommand(run: Run): Command {
  return new Command('rewrap')
    .description('wrap an account\'s data keys under the newest version of its key, after that was rotated at its provider')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const { deks } = await client('KeyService').RewrapDek({ accountId }, call);
        const fields = deks.map(({ dekVersion, kekId, kekVersion }) => ({ dek_version: dekVersion, kek_id: kekId, kek_version: kekVersion }));
        await output.document({ account_id: formatId(accountId), deks: fields }, () => `${deks.length} data keys are under ${deks[0]?.kekId} version ${deks[0]?.kekVersion}.\n`);
        return 'ok';
      }),
    );
}
