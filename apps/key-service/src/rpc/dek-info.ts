import type { DekInfo } from '@tacet/rpc/types/keys/v1/DekInfo';
import type { KekVersion } from '../providers/key-provider.ts';

/** A version of an account's DEK, as callers see it. */
export function toDekInfo(accountId: Buffer, version: number, { kekId, version: kekVersion }: KekVersion): DekInfo {
  return { accountId, dekVersion: version, kekId, kekVersion };
}
