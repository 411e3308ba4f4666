import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import { findAccount } from '../accounts/account.ts';
import type { SignedIn } from '../accounts/verify-email.ts';
import { signedInResource, toAccountResource } from './resources/account-resource.ts';
import type { Reply, ResponseDefinition } from './route.ts';
import type { SessionCookie } from './session-cookie.ts';

/** The token of a mailed link. */
export const mailedTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is the token of a mailed link');

/** What openapi.json says of the answer to signing in. */
export const signedInResponse: ResponseDefinition = {
  description: 'Signed in; the cookie carries the session.',
  body: { kind: 'json', schema: signedInResource },
  setsCookie: true,
};

/** The answer to every way of signing in: the account, and the cookie of its session. */
export async function answerSignedIn(pool: Pool, cookie: SessionCookie, { accountId, plaintextSessionToken }: SignedIn): Promise<Reply> {
  const found = await findAccount(pool, accountId);
  if (!found) throw new TacetError('sign_in_failed');
  return { status: 200, body: { account: toAccountResource(found.account) }, cookie: cookie.set(plaintextSessionToken) };
}
