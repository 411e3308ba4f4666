import { formatUsd } from '@tacet/pricing';
import { Command } from 'commander';
import { parseTime } from '../argument-parsers.ts';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

const right = 'right' as const;
const columns = [
  { title: 'TIME' },
  { title: 'KIND' },
  { title: 'REFERENCE' },
  { title: 'MODEL' },
  { title: 'KEY' },
  { title: 'INPUT', align: right },
  { title: 'CACHED', align: right },
  { title: 'OUTPUT', align: right },
  { title: 'USD', align: right },
  { title: 'BALANCE', align: right },
];

/** `tacet statement`: every change of an account's balance with its cause; the amounts add up. */
export function statementCommand(run: Run): Command {
  return new Command('statement')
    .description("list every change of an account's balance with its cause, oldest first; the amounts add up")
    .argument('<account>', 'id or e-mail address')
    .option('--from <time>', 'from this date or time on', parseTime, 0)
    .option('--to <time>', 'before this date or time', parseTime, 0)
    .action(
      run(async (operator, reference: string, { from, to }: { from: number; to: number }) => {
        const { output, signal, client } = operator;
        const accountId = await findAccount(operator, reference);
        const answer = output.stream(columns);
        for await (const line of client('Ledger').ListStatement({ accountId, fromMs: from, toMs: to }, { signal })) {
          const at = new Date(Number(line.atMs)).toISOString();
          const [amount, balance] = [formatUsd(BigInt(line.amountNano)), formatUsd(BigInt(line.balanceNano))];
          const { kind, modelId, inputTokens, cachedTokens, outputTokens } = line;
          const key = line.keyId.length === 0 ? null : formatId(line.keyId);
          await answer.add(
            {
              at,
              kind,
              reference: line.reference,
              counterpart: line.counterpart,
              amount_usd: amount,
              balance_usd: balance,
              lost_usd: formatUsd(BigInt(line.lostNano)),
              key_id: key,
              no_log: line.noLog,
              model: modelId,
              price_version: line.priceVersion,
              input_tokens: inputTokens,
              cached_tokens: cachedTokens,
              output_tokens: outputTokens,
              transfer_id: line.transferId.length === 0 ? null : formatId(line.transferId),
            },
            [
              at,
              kind,
              line.reference,
              modelId,
              key ?? (line.noLog ? 'no-log' : ''),
              ...[inputTokens, cachedTokens, outputTokens].map((tokens) => (modelId === '' ? '' : tokens)),
              kind === 'closing' ? '' : amount,
              balance,
            ],
          );
        }
        await answer.end();
        return 'ok';
      }),
    );
}
