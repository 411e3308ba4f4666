import { Command } from 'commander';
import { collect, parseAmount, parseCount, parseExpiry } from '../argument-parsers.ts';
import { keyToJson, limitsToText } from '../describe-key.ts';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

interface Options {
  name: string;
  log: boolean;
  model?: readonly string[];
  requestsPerMinute: number;
  tokensPerMinute: number;
  concurrentRequests: number;
  spendDay?: bigint;
  spendMonth?: bigint;
  spendTotal?: bigint;
  expires?: (nowMs: number) => number;
}

/** `tacet key create`: an API key, whose plaintext is in the answer and nowhere else. */
export function keyCreateCommand(run: Run): Command {
  return new Command('create')
    .description('make an API key; it is shown once')
    .argument('<account>', 'id or e-mail address')
    .requiredOption('--name <name>', '1 to 100 characters by which people tell keys apart')
    .option('--no-log', 'keep token totals and money of its requests, and nothing else')
    .option('--model <id>', 'a model that it may use; repeat it for more (without: every model)', collect)
    .option('--requests-per-minute <n>', '0 is no limit', parseCount, 0)
    .option('--tokens-per-minute <n>', '0 is no limit', parseCount, 0)
    .option('--concurrent-requests <n>', '0 is no limit', parseCount, 0)
    .option('--spend-day <usd>', 'most that it may spend a day; 0 is no limit', parseAmount)
    .option('--spend-month <usd>', 'most that it may spend a month; 0 is no limit', parseAmount)
    .option('--spend-total <usd>', 'most that it may ever spend; 0 is no limit', parseAmount)
    .option('--expires <time>', 'a date, a time, or a span such as 30d or 12h', parseExpiry)
    .action(
      run(async (operator, reference: string, options: Options) => {
        const { output, call, client, now } = operator;
        const accountId = await findAccount(operator, reference);
        const { key, plaintextKey } = await client('AccountAdmin').CreateKey({ accountId, ...toRequest(options, now()) }, call);
        if (!key) throw new Error('account answered without the key');
        await output.document({ ...keyToJson(key), key: plaintextKey }, () =>
          renderFields(
            [
              ['key', plaintextKey],
              ['id', formatId(key.keyId)],
              ['name', key.name],
              ['no-log', key.noLog ? 'yes' : 'no'],
              ['models', key.models.join(', ') || 'every model'],
              ['limits', limitsToText(key) || 'none'],
            ],
            output.paint,
          ),
        );
        output.note('This is the only time the key is shown: only its hash is stored.');
        return 'ok';
      }),
    );
}

function toRequest(options: Options, nowMs: number) {
  return {
    name: options.name,
    // commander reads --no-log as the negation of an option named log.
    noLog: !options.log,
    models: [...(options.model ?? [])],
    limits: {
      requestsPerMinute: options.requestsPerMinute,
      tokensPerMinute: options.tokensPerMinute,
      concurrentRequests: options.concurrentRequests,
      spendDayNano: (options.spendDay ?? 0n).toString(),
      spendMonthNano: (options.spendMonth ?? 0n).toString(),
      spendTotalNano: (options.spendTotal ?? 0n).toString(),
    },
    expiresAtMs: options.expires?.(nowMs) ?? 0,
  };
}
