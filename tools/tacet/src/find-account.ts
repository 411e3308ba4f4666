import { TacetError } from '@tacet/errors';
import { isId, parseId } from './ids.ts';
import type { Operator } from './operator.ts';
import { UsageError } from './usage-error.ts';

/**
 * The 16 bytes of an account that was named by its id or its e-mail address. Throws `UsageError`, and `not_found` for an
 * unknown address.
 */
export async function findAccount(operator: Operator, reference: string): Promise<Buffer> {
  if (isId(reference)) return parseId(reference, 'an account');
  if (!reference.includes('@')) throw new UsageError('an account is named by its id or its e-mail address');
  const { accounts } = await operator.client('AccountAdmin').ListAccounts({ email: reference, pageSize: 2 }, operator.call);
  const [account, second] = accounts;
  if (!account || second) throw new TacetError('not_found', { message: 'No account has this e-mail address.', param: 'account' });
  return account.accountId;
}
