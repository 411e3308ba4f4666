import { z } from 'zod';
import type { ApiKey } from '../../keys/api-key.ts';

const limitsResource = z.strictObject({
  requests_per_minute: z.int(),
  tokens_per_minute: z.int(),
  concurrent_requests: z.int(),
  spend_day_nano_usd: z.string(),
  spend_month_nano_usd: z.string(),
  spend_total_nano_usd: z.string(),
});

/** An API key as its owner sees it after it was made: without the key itself. */
export const keyResource = z.strictObject({
  id: z.uuid(),
  public_id: z.string(),
  name: z.string(),
  no_log: z.boolean(),
  models: z.array(z.string()),
  limits: limitsResource,
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
export type KeyResource = z.output<typeof keyResource>;

/** The one answer that holds the key itself. */
export const createdKeyResource = keyResource.extend({ key: z.string() });

/** Makes the resource of a key. `locked`: the account locks all of its keys to no-log. */
export function toKeyResource(key: ApiKey, locked: boolean): KeyResource {
  return {
    id: key.keyId,
    public_id: key.publicId,
    name: key.name,
    no_log: key.noLog || locked,
    models: [...key.models],
    limits: key.limits,
    expires_at: toIso(key.expiresAtMs),
    revoked_at: toIso(key.revokedAtMs),
  };
}

function toIso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
