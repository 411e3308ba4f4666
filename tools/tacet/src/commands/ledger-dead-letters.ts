import type { DeadLetter__Output } from '@tacet/rpc/types/ledger/v1/DeadLetter';
import { Command } from 'commander';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';
import type { Json } from '../output.ts';

const right = 'right' as const;
const columns = [
  { title: '#', align: right },
  { title: 'RECEIVED' },
  { title: 'REASON' },
  { title: 'EDGE' },
  { title: 'SEQ', align: right },
  { title: 'ACCOUNT' },
  { title: 'PRICE', align: right },
  { title: 'INPUT', align: right },
  { title: 'CACHED', align: right },
  { title: 'OUTPUT', align: right },
];

/** `tacet ledger dead-letters`: records that arrived whole but were not charged. */
export function ledgerDeadLettersCommand(run: Run): Command {
  return new Command('dead-letters').description('list the records that arrived whole but were not charged; kept for 7 days').action(
    run(async ({ output, signal, client }) => {
      const answer = output.stream(columns);
      for await (const letter of client('Ledger').ListDeadLetters({}, { signal })) await answer.add(toJson(letter), toRow(letter));
      await answer.end();
      return 'ok';
    }),
  );
}

function toJson(letter: DeadLetter__Output): Json {
  return {
    id: letter.deadLetterId,
    received_at: new Date(Number(letter.receivedAtMs)).toISOString(),
    reason: letter.reason,
    edge_id: formatId(letter.edgeId) || null,
    seq: letter.seq,
    account_id: formatId(letter.accountId) || null,
    price_version: letter.priceVersion,
    input_tokens: letter.inputTokens,
    cached_tokens: letter.cachedTokens,
    output_tokens: letter.outputTokens,
    record: letter.record.toString('hex'),
  };
}

function toRow(letter: DeadLetter__Output): readonly string[] {
  const { deadLetterId, receivedAtMs, reason, edgeId, seq, accountId, priceVersion, inputTokens, cachedTokens, outputTokens } = letter;
  return [
    deadLetterId,
    new Date(Number(receivedAtMs)).toISOString(),
    reason,
    formatId(edgeId),
    seq,
    formatId(accountId),
    ...[priceVersion, inputTokens, cachedTokens, outputTokens].map(String),
  ];
}
