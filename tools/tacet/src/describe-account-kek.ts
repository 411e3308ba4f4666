import type { AccountKek__Output } from '@tacet/rpc/types/keys/v1/AccountKek';
import { formatId } from './ids.ts';
import type { Json } from './output.ts';

/** An account's master key as JSON. */
export function accountKekToJson(kek: AccountKek__Output): { readonly [field: string]: Json } {
  return { account_id: formatId(kek.accountId), provider: kek.provider, kek_id: kek.kekId, kek_version: kek.kekVersion, deks: kek.deks };
}
