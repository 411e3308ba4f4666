import type { Pool } from '@tacet/database';
import type { DeadLetter } from '@tacet/rpc/types/ledger/v1/DeadLetter';
import { readRecordPlace } from '@tacet/usage';
import { readRows } from '../ledger/read-rows.ts';
import { readDeadLetter } from '../usage/read-dead-letter.ts';
import type { LedgerHandler } from './handler.ts';

interface Row {
  readonly id: bigint;
  readonly received: string;
  readonly reason: string;
  readonly record: Buffer;
}

const statement = `
  SELECT dead_letter_id AS id, floor(extract(epoch FROM received_at) * 1000)::text AS received, reason, record
    FROM billing.dead_letter ORDER BY dead_letter_id`;

/** Every dead letter, oldest first. */
export function createListDeadLetters(pool: Pool): LedgerHandler<'ListDeadLetters'> {
  return async function* (_request, { signal }) {
    for await (const { id, received, reason, record } of readRows<Row>(pool, statement, [], signal))
      yield { deadLetterId: id.toString(), receivedAtMs: received, reason, record, ...describe(record) };
  };
}

function describe(bytes: Buffer): Partial<DeadLetter> {
  const record = readDeadLetter(bytes);
  const place = record ?? readRecordPlace(bytes);
  return {
    ...(place ? { edgeId: Buffer.from(place.edgeId), seq: place.seq.toString() } : {}),
    ...(record
      ? {
          accountId: Buffer.from(record.accountId),
          priceVersion: record.priceVersion,
          inputTokens: record.inputTokens,
          cachedTokens: record.cachedTokens,
          outputTokens: record.outputTokens,
        }
      : {}),
  };
}
