import { recordRoute, recordStatus, usageSource } from '@tacet/usage';
import { idBytes } from './fields.ts';

/** A row of `selectRequestUsage`. */
export interface RequestRow extends Record<
  'version' | 'input' | 'cached' | 'output' | 'charged' | 'charge' | 'ttft' | 'latency' | 'time',
  bigint
> {
  readonly id: string;
  readonly key: string;
  readonly model: string | null;
  readonly status: number;
  readonly source: number;
  readonly route: number;
  readonly final: boolean;
}

/** Requests of normal keys with their model, to be narrowed by who asks. */
export const selectRequestUsage = `
  SELECT u.request_id AS id, u.key_id AS key, p.model_id AS model, u.price_version AS version, u.input_tokens AS input,
         u.cached_tokens AS cached, u.output_tokens AS output, u.billed - u.late AS charged, u.charge, u.status, u.usage_source AS source, u.route, u.ttft_ms AS ttft,
         u.latency_ms AS latency, u.time_ms AS time, u.final
    FROM billing.usage_request u LEFT JOIN billing.price p USING (price_version)`;

/** A row as it goes over the wire. */
export function toRequestUsage(row: RequestRow) {
  return {
    requestId: idBytes(row.id),
    keyId: idBytes(row.key),
    modelId: row.model ?? '',
    priceVersion: Number(row.version),
    inputTokens: row.input.toString(),
    cachedTokens: row.cached.toString(),
    outputTokens: row.output.toString(),
    chargedNano: row.charged.toString(),
    chargeNano: row.charge.toString(),
    status: nameOf(recordStatus, row.status),
    usageSource: nameOf(usageSource, row.source),
    route: nameOf(recordRoute, row.route),
    ttftMs: row.ttft.toString(),
    latencyMs: row.latency.toString(),
    finishedAtMs: row.time.toString(),
    final: row.final,
  };
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? '';
}
