import { z } from 'zod';
import type { Account } from '../../accounts/account.ts';

/** An account as its owner sees it. */
export const accountResource = z.strictObject({
  id: z.uuid(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  status: z.enum(['opening', 'active', 'suspended', 'deleting']),
  created_on: z.iso.date(),
});
export type AccountResource = z.output<typeof accountResource>;

/** Makes the resource of an account. */
export function toAccountResource({ accountId, email, emailVerified, status, createdOn }: Account): AccountResource {
  return { id: accountId, email, email_verified: emailVerified, status, created_on: createdOn };
}

/** The answer to signing in. */
export const signedInResource = z.strictObject({ account: accountResource });
