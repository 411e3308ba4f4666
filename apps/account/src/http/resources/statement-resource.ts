import type { StatementLine__Output as StatementLine } from '@tacet/rpc/types/ledger/v1/StatementLine';
import { stringify } from 'uuid';
import { z } from 'zod';

/** Money is nano-USD, and tokens of sums can be many: decimal strings. */
const integer = z.string().regex(/^-?\d+$/);

/** One cause of a change of the balance. `kind` is described in docs/money.md. */
export const statementLineResource = z.strictObject({
  at: z.iso.datetime(),
  kind: z.string(),
  reference: z.string(),
  counterpart: z.string(),
  amount_nano_usd: integer,
  balance_nano_usd: integer,
  lost_nano_usd: integer,
  key_id: z.uuid().nullable(),
  no_log: z.boolean(),
  model: z.string(),
  price_version: z.int(),
  input_tokens: integer,
  cached_tokens: integer,
  output_tokens: integer,
  transfer_id: z.uuid().nullable(),
});
export type StatementLineResource = z.output<typeof statementLineResource>;

export function toStatementLineResource(line: StatementLine): StatementLineResource {
  return {
    at: new Date(Number(line.atMs)).toISOString(),
    kind: line.kind,
    reference: line.reference,
    counterpart: line.counterpart,
    amount_nano_usd: line.amountNano,
    balance_nano_usd: line.balanceNano,
    lost_nano_usd: line.lostNano,
    key_id: line.keyId.length === 16 ? stringify(line.keyId) : null,
    no_log: line.noLog,
    model: line.modelId,
    price_version: line.priceVersion,
    input_tokens: line.inputTokens,
    cached_tokens: line.cachedTokens,
    output_tokens: line.outputTokens,
    transfer_id: line.transferId.length === 16 ? stringify(line.transferId) : null,
  };
}
