import type { Account__Output } from '@tacet/rpc/types/directory/v1/Account';
import { limitsToJson, limitsToText } from './describe-key.ts';
import { formatId } from './ids.ts';
import type { Json } from './output.ts';

/** An account as JSON. */
export function accountToJson(account: Account__Output): Json {
  return {
    account_id: formatId(account.accountId),
    email: account.email === '' ? null : account.email,
    email_verified: account.emailVerified,
    status: account.status,
    created_on: account.createdOn,
    limits: limitsToJson(account),
  };
}

/** An account as named values. */
export function accountToFields(account: Account__Output): readonly (readonly [string, string])[] {
  const address = account.email === '' ? 'none' : `${account.email} (${account.emailVerified ? 'verified' : 'not verified'})`;
  return [
    ['account', formatId(account.accountId)],
    ['e-mail', address],
    ['status', account.status],
    ['created', account.createdOn],
    ['limits', limitsToText(account) || 'none'],
  ];
}
