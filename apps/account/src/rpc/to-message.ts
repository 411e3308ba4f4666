import type { Account as AccountMessage } from '@tacet/rpc/types/directory/v1/Account';
import type { Key as KeyMessage } from '@tacet/rpc/types/directory/v1/Key';
import type { Limits as LimitsMessage, Limits__Output as LimitsInput } from '@tacet/rpc/types/directory/v1/Limits';
import type { ResolveResponse } from '@tacet/rpc/types/directory/v1/ResolveResponse';
import type { Account } from '../accounts/account.ts';
import type { Resolution } from '../directory/resolve.ts';
import { idBytes } from '../identifiers.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Limits, RateLimits } from '../keys/key-settings.ts';

const none = Buffer.alloc(0);

/** An account as the operator is told of it. */
export function toAccountMessage({ accountId, email, emailVerified, status, createdOn, limits }: Account): AccountMessage {
  return { accountId: idBytes(accountId), email: email ?? '', emailVerified, status, createdOn, limits: toRateLimitsMessage(limits) };
}

/** A key as the operator is told of it. */
export function toKeyMessage(key: ApiKey): KeyMessage {
  const { keyId, accountId, publicId, name, noLog, models, limits, expiresAtMs = 0, revokedAtMs = 0 } = key;
  return {
    keyId: idBytes(keyId),
    accountId: idBytes(accountId),
    publicId,
    name,
    noLog,
    models: [...models],
    limits: toLimitsMessage(limits),
    expiresAtMs,
    revokedAtMs,
  };
}

/** A look-up's answer for an edge. */
export function toResolveResponse({ state, key, accountId, noLog, accountLimits, revision }: Resolution): ResolveResponse {
  return {
    state,
    keyId: key ? idBytes(key.keyId) : none,
    accountId: accountId === undefined ? none : idBytes(accountId),
    noLog,
    models: key ? [...key.models] : [],
    limits: key ? toLimitsMessage(key.limits) : {},
    accountLimits: toRateLimitsMessage(accountLimits),
    expiresAtMs: key?.expiresAtMs ?? 0,
    revision: revision.toString(),
  };
}

function toRateLimitsMessage(limits: RateLimits): LimitsMessage {
  return {
    requestsPerMinute: limits.requests_per_minute,
    tokensPerMinute: limits.tokens_per_minute,
    concurrentRequests: limits.concurrent_requests,
  };
}

function toLimitsMessage(limits: Limits): LimitsMessage {
  return {
    ...toRateLimitsMessage(limits),
    spendDayNano: limits.spend_day_nano_usd,
    spendMonthNano: limits.spend_month_nano_usd,
    spendTotalNano: limits.spend_total_nano_usd,
  };
}

/** Limits that came in an rpc, in the form of the JSON that the same schema checks. */
export function fromLimitsMessage(limits: LimitsInput | null): Record<string, unknown> {
  if (limits === null) return {};
  return {
    requests_per_minute: limits.requestsPerMinute,
    tokens_per_minute: Number(limits.tokensPerMinute),
    concurrent_requests: limits.concurrentRequests,
    spend_day_nano_usd: limits.spendDayNano,
    spend_month_nano_usd: limits.spendMonthNano,
    spend_total_nano_usd: limits.spendTotalNano,
  };
}
