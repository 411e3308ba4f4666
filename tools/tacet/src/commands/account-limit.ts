import { Command } from 'commander';
import { parseCount } from '../argument-parsers.ts';
import { accountToFields, accountToJson } from '../describe-account.ts';
import { findAccount } from '../find-account.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

interface Options {
  requestsPerMinute: number;
  tokensPerMinute: number;
  concurrentRequests: number;
}

/** `tacet account limit`: what all keys and chats of an account may do together; what is not given is not limited. */
export function accountLimitCommand(run: Run): Command {
  return new Command('limit')
    .description('limit what all keys and chats of an account may do together; what is not given has no limit')
    .argument('<account>', 'id or e-mail address')
    .option('--requests-per-minute <n>', '0 is no limit', parseCount, 0)
    .option('--tokens-per-minute <n>', '0 is no limit', parseCount, 0)
    .option('--concurrent-requests <n>', '0 is no limit', parseCount, 0)
    .action(
      run(async (operator, reference: string, options: Options) => {
        const { output, call, client } = operator;
        const accountId = await findAccount(operator, reference);
        const account = await client('AccountAdmin').SetAccountLimits({ accountId, limits: { ...options } }, call);
        await output.document(accountToJson(account), () => renderFields(accountToFields(account), output.paint));
        return 'ok';
      }),
    );
}
