import { Command } from 'commander';
import { accountToFields, accountToJson } from '../describe-account.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

/** `tacet account suspend`: every key of the account is refused and its running streams are cut. */
export function accountSuspendCommand(run: Run): Command {
  return suspension(run, 'suspend', 'refuse all keys of an account and stop its spending; `resume` takes it back', true);
}

/** `tacet account resume`: takes a suspension back. */
export function accountResumeCommand(run: Run): Command {
  return suspension(run, 'resume', 'allow a suspended account again', false);
}

function suspension(run: Run, name: string, description: string, suspended: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const account = await client('AccountAdmin').SuspendAccount({ accountId, suspended }, call);
        await output.document(accountToJson(account), () => renderFields(accountToFields(account), output.paint));
        return 'ok';
      }),
    );
}
