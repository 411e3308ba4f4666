import { Command } from 'commander';
import { kekColumns, kekToJson, kekToRow } from '../describe-kek.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';

/** `tacet kek account status`: what wraps an account's data keys. */
export function kekAccountStatusCommand(run: Run): Command {
  return new Command('status')
    .description('list the master key versions that wrap an account\'s data keys')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const { keks } = await client('KeyService').DescribeKeys({ accountId }, call);
        await output.document({ keks: keks.map(kekToJson) }, () => renderTable(kekColumns, keks.map(kekToRow), output.paint));
        return 'ok';
      }),
    );
}
