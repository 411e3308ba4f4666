import { formatUsd } from '@tacet/pricing';
import type { Key__Output } from '@tacet/rpc/types/directory/v1/Key';
import { formatId } from './ids.ts';
import type { Json } from './output.ts';

/** A key as JSON: limits that are set, times in ISO 8601. */
export function keyToJson(key: Key__Output): { readonly [field: string]: Json } {
  return {
    key_id: formatId(key.keyId),
    account_id: formatId(key.accountId),
    public_id: key.publicId,
    name: key.name,
    no_log: key.noLog,
    models: key.models,
    limits: limitsToJson(key),
    expires_at: timeOrNull(key.expiresAtMs),
    revoked_at: timeOrNull(key.revokedAtMs),
  };
}

/** `active`, `expired` or `revoked`. */
export function keyState(key: Key__Output, nowMs: number): string {
  if (key.revokedAtMs !== '0') return 'revoked';
  return key.expiresAtMs !== '0' && Number(key.expiresAtMs) <= nowMs ? 'expired' : 'active';
}

const limitTexts: Readonly<Record<string, (value: string | number) => string>> = {
  requests_per_minute: (value) => `${value} requests a minute`,
  tokens_per_minute: (value) => `${value} tokens a minute`,
  concurrent_requests: (value) => `${value} requests at once`,
  spend_day_usd: (value) => `${value} USD a day`,
  spend_month_usd: (value) => `${value} USD a month`,
  spend_total_usd: (value) => `${value} USD in all`,
};

/** Limits of a key or account in a few words; empty when there are none. */
export function limitsToText(limited: Pick<Key__Output, 'limits'>): string {
  return Object.entries(limitsToJson(limited))
    .map(([name, value]) => limitTexts[name]?.(value) ?? '')
    .join(', ');
}

/** The limits that are set. */
export function limitsToJson({ limits }: Pick<Key__Output, 'limits'>): { readonly [field: string]: string | number } {
  if (!limits) return {};
  const all: Record<string, string | number> = {
    requests_per_minute: limits.requestsPerMinute,
    tokens_per_minute: limits.tokensPerMinute,
    concurrent_requests: limits.concurrentRequests,
    spend_day_usd: formatUsd(BigInt(limits.spendDayNano)),
    spend_month_usd: formatUsd(BigInt(limits.spendMonthNano)),
    spend_total_usd: formatUsd(BigInt(limits.spendTotalNano)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== 0 && value !== '0' && value !== '0.00'));
}

/** An ISO time, or null for 0. */
export function timeOrNull(ms: string): string | null {
  return ms === '0' ? null : new Date(Number(ms)).toISOString();
}
