import { idText } from './id-text.ts';
import type { RequestUsage__Output } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import type { OperatorClients } from '@tacet/constellation';

/** One request of a normal key, as billing has it. Money is nano-USD. */
export interface BilledRequest {
  readonly requestId: string;
  readonly model: string;
  readonly priceVersion: number;
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
  /** What the count costs, and what the customer paid of it. */
  readonly charge: bigint;
  readonly charged: bigint;
  readonly final: boolean;
  readonly status: string;
}

/** What an account is told: its statement. */
export interface Statement {
  readonly posted: bigint;
  readonly held: bigint;
  readonly requests: readonly BilledRequest[];
  /** Sums of periods: what was paid in them, and those of it that no transfer stands for yet. */
  readonly periodsNano: bigint;
  readonly openNano: bigint;
  /** Of the ledger: what came in less what went out. */
  readonly transfersNano: bigint;
}

const callMs = { deadlineMs: 20_000 };

/** Reads the statement of an account through the rpcs that customers' pages use. */
export async function readStatement({ ledger }: OperatorClients, accountId: Buffer): Promise<Statement> {
  const { postedNano, heldNano } = await ledger.GetBalance({ accountId }, callMs);
  const requests: BilledRequest[] = [];
  let periodsNano = 0n;
  let openNano = 0n;
  for await (const { request, period } of ledger.ListUsage({ accountId }, callMs)) {
    if (request) requests.push(toBilled(request));
    if (period) periodsNano += BigInt(period.chargedNano);
    if (period && !period.closed) openNano += BigInt(period.chargedNano);
  }
  let transfersNano = 0n;
  for await (const { amountNano } of ledger.ListTransfers({ accountId }, callMs)) transfersNano += BigInt(amountNano);
  return { posted: BigInt(postedNano), held: BigInt(heldNano), requests, periodsNano, openNano, transfersNano };
}

function toBilled(row: RequestUsage__Output): BilledRequest {
  return {
    requestId: idText(row.requestId),
    model: row.modelId,
    priceVersion: row.priceVersion,
    input: BigInt(row.inputTokens),
    cached: BigInt(row.cachedTokens),
    output: BigInt(row.outputTokens),
    charge: BigInt(row.chargeNano),
    charged: BigInt(row.chargedNano),
    final: row.final,
    status: row.status,
  };
}
