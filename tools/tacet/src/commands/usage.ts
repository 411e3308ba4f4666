import { formatUsd } from '@tacet/pricing';
import type { PeriodUsage__Output } from '@tacet/rpc/types/ledger/v1/PeriodUsage';
import type { RequestUsage__Output } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import { Command } from 'commander';
import { parseCount, parseTime } from '../argument-parsers.ts';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';
import type { AnswerStream, Json } from '../output.ts';

const requestsDefault = 50;
const right = 'right' as const;
const requestColumns = [
  { title: 'FINISHED' },
  { title: 'MODEL' },
  { title: 'STATUS' },
  { title: 'INPUT', align: right },
  { title: 'CACHED', align: right },
  { title: 'OUTPUT', align: right },
  { title: 'USD', align: right },
  { title: 'REQUEST' },
];
const periodColumns = [
  { title: 'PERIOD' },
  { title: 'MODEL' },
  { title: 'KEY' },
  { title: 'INPUT', align: right },
  { title: 'CACHED', align: right },
  { title: 'OUTPUT', align: right },
  { title: 'USD', align: right },
];

/** `tacet usage`: the newest requests of normal keys, then the sums per day (and per month for no-log keys). */
export function usageCommand(run: Run): Command {
  return new Command('usage')
    .description('list the newest requests of an account, then its sums (no-log keys have sums alone)')
    .argument('<account>', 'id or e-mail address')
    .option('--from <time>', 'from this date or time on', parseTime, 0)
    .option('--to <time>', 'before this date or time', parseTime, 0)
    .option('--limit <n>', 'at most so many requests; 0 is all', parseCount, requestsDefault)
    .action(
      run(async (operator, reference: string, { from, to, limit }: { from: number; to: number; limit: number }) => {
        const { output, signal, client } = operator;
        const accountId = await findAccount(operator, reference);
        const requests = output.stream(requestColumns);
        const periods = output.stream(periodColumns);
        let inPeriods = false;
        for await (const { request, period } of client('Ledger').ListUsage(
          { accountId, fromMs: String(from), toMs: String(to), requestsMax: limit },
          { signal },
        )) {
          if (request) await addRequest(requests, request);
          if (!period) continue;
          if (!inPeriods) await requests.end();
          inPeriods = true;
          await addPeriod(periods, period);
        }
        await (inPeriods ? periods : requests).end();
        return 'ok';
      }),
    );
}

async function addRequest(answer: AnswerStream, row: RequestUsage__Output): Promise<void> {
  const { modelId, status, inputTokens, cachedTokens, outputTokens } = row;
  const charged = formatUsd(BigInt(row.chargedNano));
  const finishedAt = new Date(Number(row.finishedAtMs)).toISOString();
  const value: Json = {
    type: 'request',
    request_id: formatId(row.requestId),
    key_id: formatId(row.keyId),
    model: modelId,
    price_version: row.priceVersion,
    input_tokens: inputTokens,
    cached_tokens: cachedTokens,
    output_tokens: outputTokens,
    charged_usd: charged,
    charge_usd: formatUsd(BigInt(row.chargeNano)),
    status,
    usage_source: row.usageSource,
    route: row.route,
    ttft_ms: row.ttftMs,
    latency_ms: row.latencyMs,
    finished_at: finishedAt,
    final: row.final,
  };
  await answer.add(value, [
    finishedAt,
    modelId,
    row.final ? status : 'running',
    inputTokens,
    cachedTokens,
    outputTokens,
    charged,
    formatId(row.requestId),
  ]);
}

async function addPeriod(answer: AnswerStream, row: PeriodUsage__Output): Promise<void> {
  const { period, modelId, inputTokens, cachedTokens, outputTokens } = row;
  const charged = formatUsd(BigInt(row.chargedNano));
  const value: Json = {
    type: 'period',
    period,
    key_id: row.keyId.length === 0 ? null : formatId(row.keyId),
    model: modelId,
    price_version: row.priceVersion,
    input_tokens: inputTokens,
    cached_tokens: cachedTokens,
    output_tokens: outputTokens,
    charged_usd: charged,
    no_log: row.noLog,
    closed: row.closed,
  };
  await answer.add(value, [
    period,
    modelId,
    formatId(row.keyId) || (row.noLog ? 'no-log' : ''),
    inputTokens,
    cachedTokens,
    outputTokens,
    charged,
  ]);
}
