import { TacetError } from '@tacet/errors';

const nobody = Buffer.alloc(16);

/** The account that a call names: 16 bytes, not all zero (epoch secrets are wrapped in that name). Throws `field_invalid`. */
export function readAccountId(accountId: Buffer): Buffer {
  if (accountId.length !== nobody.length || accountId.equals(nobody)) throw new TacetError('field_invalid', { param: 'account_id' });
  return accountId;
}
