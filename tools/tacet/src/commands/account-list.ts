import { Command } from 'commander';
import { parseCount } from '../argument-parsers.ts';
import { accountToJson } from '../describe-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

const pageSize = 1_000;
const columns = [{ title: 'ACCOUNT' }, { title: 'STATUS' }, { title: 'CREATED' }, { title: 'VERIFIED' }, { title: 'E-MAIL' }];

/** `tacet account list`: all accounts by creation, a page at a time. */
export function accountListCommand(run: Run): Command {
  return new Command('list')
    .description('list accounts, oldest first')
    .option('--email <address>', 'only the account with this address')
    .option('--limit <n>', 'at most so many; 0 is all', parseCount, 0)
    .action(
      run(async ({ output, call, client }, { email = '', limit }: { email?: string; limit: number }) => {
        const answer = output.stream(columns);
        const admin = client('AccountAdmin');
        let left = limit === 0 ? Infinity : limit;
        let after: Buffer = Buffer.alloc(0);
        do {
          const { accounts, next } = await admin.ListAccounts({ after, email, pageSize: Math.min(pageSize, left) }, call);
          for (const account of accounts) {
            const { accountId, status, createdOn, emailVerified } = account;
            await answer.add(accountToJson(account), [formatId(accountId), status, createdOn, emailVerified ? 'yes' : 'no', account.email]);
          }
          left -= accounts.length;
          after = next;
        } while (after.length > 0 && left > 0);
        await answer.end();
        return 'ok';
      }),
    );
}
