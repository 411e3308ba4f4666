import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { offer, type Offer } from '@tacet/rpc';
import type { CreateKeyRequest__Output as CreateKeyRequest } from '@tacet/rpc/types/directory/v1/CreateKeyRequest';
import type { ListAccountsRequest__Output as ListAccountsRequest } from '@tacet/rpc/types/directory/v1/ListAccountsRequest';
import type { ListAccountsResponse } from '@tacet/rpc/types/directory/v1/ListAccountsResponse';
import type { RevokeKeyRequest__Output as RevokeKeyRequest } from '@tacet/rpc/types/directory/v1/RevokeKeyRequest';
import { findAccount, findAccountByEmail } from '../accounts/account.ts';
import { createAccount, type CreateAccountDependencies } from '../accounts/create-account.ts';
import { emailSchema } from '../accounts/email.ts';
import { limitAccount } from '../accounts/limit-account.ts';
import { listAccounts } from '../accounts/list-accounts.ts';
import { suspendAccount } from '../accounts/suspend-account.ts';
import { parseInput } from '../http/parse-input.ts';
import { idBytes, idText } from '../identifiers.ts';
import { createKey } from '../keys/create-key.ts';
import { accountLimitsSchema, keySettingsSchema, type KeySettings } from '../keys/key-settings.ts';
import { listKeys } from '../keys/list-keys.ts';
import { revokeKey, type KeyReference } from '../keys/revoke-key.ts';
import { newPasswordSchema } from '../passwords/password-rules.ts';
import { peerError } from '../peers.ts';
import { z } from 'zod';
import { readPageSize } from './page-size.ts';
import { fromLimitsMessage, toAccountMessage, toKeyMessage } from './to-message.ts';

const operatorAlone = ['operator'] as const;
const policy = {
  CreateAccount: operatorAlone,
  ListAccounts: operatorAlone,
  SuspendAccount: operatorAlone,
  SetAccountLimits: operatorAlone,
  CreateKey: operatorAlone,
  ListKeys: operatorAlone,
  RevokeKey: operatorAlone,
};

export interface AccountAdminDependencies extends CreateAccountDependencies {
  readonly checkSecret: Uint8Array;
}

const none = Buffer.alloc(0);

/** AccountAdmin (proto/tacet/directory/v1/account_admin.proto). */
export function offerAccountAdmin(dependencies: AccountAdminDependencies): Offer {
  const { pool, peers, clock, checkSecret } = dependencies;
  return offer('AccountAdmin', policy, {
    CreateAccount: async ({ email, password }, { signal }) => {
      const checkedEmail = email === '' ? undefined : parseInput(z.object({ email: emailSchema }), { email }).email;
      const checkedPassword = password === '' ? undefined : parseInput(z.object({ password: newPasswordSchema }), { password }).password;
      return toAccountMessage(await createAccount(dependencies, checkedEmail, checkedPassword, signal));
    },
    ListAccounts: (request) => answerListAccounts(pool, request),
    SuspendAccount: async ({ accountId, suspended }) =>
      toAccountMessage(
        await suspendAccount(pool, peers.ledger, idText(accountId, 'account_id'), suspended).catch((error: unknown) => {
          throw peerError(error);
        }),
      ),
    SetAccountLimits: async ({ accountId, limits }) => {
      const { limits: checked } = parseInput(z.object({ limits: accountLimitsSchema }), { limits: fromLimitsMessage(limits) });
      return toAccountMessage(await limitAccount(pool, idText(accountId, 'account_id'), checked));
    },
    CreateKey: async (request) => {
      const { key, plaintextKey } = await createKey(
        pool,
        checkSecret,
        idText(request.accountId, 'account_id'),
        readKeySettings(request),
        clock(),
      );
      return { key: toKeyMessage(key), plaintextKey };
    },
    ListKeys: async ({ accountId: bytes, after, pageSize }) => {
      const accountId = idText(bytes, 'account_id');
      if (!(await findAccount(pool, accountId))) throw new TacetError('not_found');
      const { keys, next } = await listKeys(pool, accountId, {
        after: after.length === 0 ? undefined : idText(after, 'after'),
        pageSize: readPageSize(pageSize),
      });
      return { keys: keys.map(toKeyMessage), next: next === undefined ? none : idBytes(next) };
    },
    RevokeKey: async (request) => toKeyMessage(await revokeKey(pool, readKeyReference(request), clock())),
  });
}

async function answerListAccounts(pool: Pool, { email, after, pageSize }: ListAccountsRequest): Promise<ListAccountsResponse> {
  if (email !== '') {
    const found = await findAccountByEmail(pool, parseInput(z.object({ email: emailSchema }), { email }).email);
    return { accounts: found ? [toAccountMessage(found.account)] : [], next: none };
  }
  const { accounts, next } = await listAccounts(pool, {
    after: after.length === 0 ? undefined : idText(after, 'after'),
    pageSize: readPageSize(pageSize),
  });
  return { accounts: accounts.map(toAccountMessage), next: next === undefined ? none : idBytes(next) };
}

function readKeySettings({ name, noLog, models, limits, expiresAtMs }: CreateKeyRequest): KeySettings {
  const expiry = Number(expiresAtMs);
  if (expiry < 0 || expiry > 253_402_300_799_999)
    throw new TacetError('field_invalid', {
      param: 'expires_at_ms',
      message: 'expires_at_ms is UTC milliseconds before the year 10000; 0 = never.',
    });
  return parseInput(keySettingsSchema, {
    name,
    no_log: noLog,
    models,
    limits: fromLimitsMessage(limits),
    expires_at: expiry === 0 ? null : new Date(expiry).toISOString(),
  });
}

function readKeyReference({ keyId, publicId }: RevokeKeyRequest): KeyReference {
  if ((keyId.length === 0) === (publicId === ''))
    throw new TacetError('field_invalid', { param: 'key_id', message: 'Exactly one of key_id and public_id is given.' });
  return publicId === '' ? { keyId: idText(keyId, 'key_id') } : { publicId };
}
