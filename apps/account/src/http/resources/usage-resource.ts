import type { PeriodUsage__Output as PeriodUsage } from '@tacet/rpc/types/ledger/v1/PeriodUsage';
import type { RequestUsage__Output as RequestUsage } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import type { Transfer__Output as Transfer } from '@tacet/rpc/types/ledger/v1/Transfer';
import type { Balance__Output as Balance } from '@tacet/rpc/types/ledger/v1/Balance';
import { stringify } from 'uuid';
import { z } from 'zod';

/** Money is nano-USD as a decimal string. */
const nanoUsd = z.string().regex(/^-?\d+$/);

export const balanceResource = z.strictObject({
  posted_nano_usd: nanoUsd,
  held_nano_usd: nanoUsd,
  overdraft_nano_usd: nanoUsd,
  available_nano_usd: nanoUsd,
  suspended: z.boolean(),
});
export type BalanceResource = z.output<typeof balanceResource>;

export function toBalanceResource({ postedNano, heldNano, overdraftNano, availableNano, suspended }: Balance): BalanceResource {
  return {
    posted_nano_usd: postedNano,
    held_nano_usd: heldNano,
    overdraft_nano_usd: overdraftNano,
    available_nano_usd: availableNano,
    suspended,
  };
}

const tokens = { input_tokens: z.int(), cached_tokens: z.int(), output_tokens: z.int() };

/** One request of a normal key. */
export const requestUsageResource = z.strictObject({
  request_id: z.uuid(),
  key_id: z.uuid().nullable(),
  model: z.string(),
  price_version: z.int(),
  ...tokens,
  charged_nano_usd: nanoUsd,
  charge_nano_usd: nanoUsd,
  status: z.string(),
  usage_source: z.string(),
  route: z.string(),
  ttft_ms: z.int(),
  latency_ms: z.int(),
  finished_at: z.iso.datetime(),
  final: z.boolean(),
});
export type RequestUsageResource = z.output<typeof requestUsageResource>;

export function toRequestUsageResource(row: RequestUsage): RequestUsageResource {
  return {
    request_id: stringify(row.requestId),
    key_id: optionalId(row.keyId),
    model: row.modelId,
    price_version: row.priceVersion,
    input_tokens: Number(row.inputTokens),
    cached_tokens: Number(row.cachedTokens),
    output_tokens: Number(row.outputTokens),
    charged_nano_usd: row.chargedNano,
    charge_nano_usd: row.chargeNano,
    status: row.status,
    usage_source: row.usageSource,
    route: row.route,
    ttft_ms: Number(row.ttftMs),
    latency_ms: Number(row.latencyMs),
    finished_at: new Date(Number(row.finishedAtMs)).toISOString(),
    final: row.final,
  };
}

/** The sums of a day, or for no-log keys of a month. */
export const periodUsageResource = z.strictObject({
  period: z.string(),
  key_id: z.uuid().nullable(),
  model: z.string(),
  price_version: z.int(),
  ...tokens,
  charged_nano_usd: nanoUsd,
  no_log: z.boolean(),
  closed: z.boolean(),
});
export type PeriodUsageResource = z.output<typeof periodUsageResource>;

export function toPeriodUsageResource(row: PeriodUsage): PeriodUsageResource {
  return {
    period: row.period,
    key_id: optionalId(row.keyId),
    model: row.modelId,
    price_version: row.priceVersion,
    input_tokens: Number(row.inputTokens),
    cached_tokens: Number(row.cachedTokens),
    output_tokens: Number(row.outputTokens),
    charged_nano_usd: row.chargedNano,
    no_log: row.noLog,
    closed: row.closed,
  };
}

/** One movement of money; positive is to the account. */
export const transferResource = z.strictObject({
  id: z.uuid(),
  amount_nano_usd: nanoUsd,
  counterpart: z.string(),
  kind: z.string(),
  reference: z.string(),
  created_at: z.iso.datetime(),
});
export type TransferResource = z.output<typeof transferResource>;

export function toTransferResource(row: Transfer): TransferResource {
  return {
    id: stringify(row.transferId),
    amount_nano_usd: row.amountNano,
    counterpart: row.counterpart,
    kind: row.kind,
    reference: row.reference,
    created_at: new Date(Number(row.createdAtMs)).toISOString(),
  };
}

function optionalId(bytes: Buffer): string | null {
  return bytes.length === 16 && bytes.some((byte) => byte !== 0) ? stringify(bytes) : null;
}
