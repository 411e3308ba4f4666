import { z } from 'zod';
import type { AccountSettings } from '../../accounts/account-settings.ts';

/** The privacy switches of an account; both are off until its owner turns them on. */
export const settingsResource = z.strictObject({
  /** Every key of the account, present and future, is no-log. */
  all_keys_no_log: z.boolean(),
  /** New conversations are ephemeral unless they say otherwise. */
  ephemeral_by_default: z.boolean(),
});
export type SettingsResource = z.output<typeof settingsResource>;

/** Makes the resource of an account's settings. */
export function toSettingsResource({ allKeysNoLog, ephemeralByDefault }: AccountSettings): SettingsResource {
  return { all_keys_no_log: allKeysNoLog, ephemeral_by_default: ephemeralByDefault };
}
