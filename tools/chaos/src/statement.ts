import { idText } from './id-text.ts';
import type { RequestUsage__Output } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import type { OperatorClients } from '@tacet/constellation';
import pg from 'pg';
import type { Rates } from './price.ts';

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

/** What no account's statement tells: what losses paid, what was set aside, how far each sequence is applied. */
export interface BackOffice {
  readonly lateNano: bigint;
  /** By account. */
  readonly lateByAccount: ReadonlyMap<string, bigint>;
  readonly boundNano: bigint;
  readonly deadLetters: number;
  /** `kind subject`. */
  readonly discrepancies: readonly string[];
  /** By price version. */
  readonly prices: ReadonlyMap<number, Rates & { readonly model: string }>;
  /** By `edge partition`. */
  readonly applied: ReadonlyMap<string, bigint>;
}

/** Reads it as the superuser of the database. */
export async function readBackOffice(databaseAdminUrl: string): Promise<BackOffice> {
  const client = new pg.Client({ connectionString: databaseAdminUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: losses } = await client.query<{ account: string; late: string; bound: string }>('SELECT account_id AS account, sum(late) AS late, sum(bound) AS bound FROM billing.usage_period GROUP BY 1');
    const { rows: letters } = await client.query<{ n: string }>('SELECT count(*) AS n FROM billing.dead_letter');
    const { rows: discrepancies } = await client.query<{ name: string }>("SELECT kind || ' ' || subject AS name FROM billing.discrepancy ORDER BY 1");
    const { rows: progress } = await client.query<{ place: string; applied: string }>("SELECT edge_id || ' ' || partition AS place, applied FROM billing.edge_progress");
    const { rows: prices } = await client.query<{ version: string; model: string; input: string; cached: string; output: string }>('SELECT price_version AS version, model_id AS model, input_pico AS input, cached_pico AS cached, output_pico AS output FROM billing.price');
    return {
      lateNano: losses.reduce((sum, { late }) => sum + BigInt(late), 0n),
      lateByAccount: new Map(losses.map(({ account, late }) => [account, BigInt(late)])),
      boundNano: losses.reduce((sum, { bound }) => sum + BigInt(bound), 0n),
      deadLetters: Number(letters[0]?.n ?? 0),
      discrepancies: discrepancies.map(({ name }) => name),
      prices: new Map(prices.map(({ version, model, input, cached, output }) => [Number(version), { model, inputPico: BigInt(input), cachedPico: BigInt(cached), outputPico: BigInt(output) }])),
      applied: new Map(progress.map(({ place, applied }) => [place, BigInt(applied)])),
    };
  } finally {
    await client.end();
  }
}
