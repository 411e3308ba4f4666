import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { NoLogTotal__Output as NoLogTotal } from '@tacet/rpc/types/usage/v1/NoLogTotal';
import { readRecordPlace, recordBytes, recordIsIntact } from '@tacet/usage';
import { isDataError } from '../database-errors.ts';
import { readApplied, readFoldedEpochs, readNoLogVersions } from '../leases/edge-answer.ts';
import { sweepLeases } from '../leases/sweep-leases.ts';
import { reportDiscrepancy } from '../ledger/report-discrepancy.ts';
import { recordsPerCallMax, recordsPerTransactionMax, totalsPerCallMax, totalTokensMax } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { applyTotals, readUnknownPrices, type NoLogTotals } from '../usage/apply-totals.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import { epochField } from './edge-fields.ts';
import { idField, integerField, listField, optionalIdField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Applies an edge's records as the consumer does, then its no-log totals, then closes their epoch if these are the last. */
export function createAppendUsage(pool: Pool, writer: UsageWriter, metrics: Metrics): LedgerHandler<'AppendUsage'> {
  return async (request) => {
    const edgeId = idField('edge_id', request.edgeId);
    const epoch = epochField(request.epoch);
    const records = listField('records', request.records, recordsPerCallMax);
    for (const record of records) checkRecord(record, request.edgeId);
    const totals = listField('totals', request.totals, totalsPerCallMax).map(totalFields);
    for (let at = 0; at < records.length; at += recordsPerTransactionMax)
      await appendRecords(writer, records.slice(at, at + recordsPerTransactionMax));
    if (totals.length > 0 || request.final) {
      const { lateNano, unknownPrices } = await appendTotals(pool, edgeId, epoch, totals, request.final);
      metrics.losses.add('late', lateNano);
      if (unknownPrices > 0) metrics.deadLetters.inc({ reason: 'unknown_price' }, unknownPrices);
    }
    if (request.final) await sweepLeases(pool, edgeId);
    return {
      applied: await readApplied(pool, edgeId),
      nologVersions: await readNoLogVersions(pool, edgeId, epoch),
      foldedEpochs: await readFoldedEpochs(pool, edgeId),
    };
  };
}

/** A record of another edge would move that edge's progress. A damaged one is dropped later, and shows as a gap. */
function checkRecord(record: Buffer, edgeId: Buffer): void {
  const place = record.length === recordBytes && recordIsIntact(record) ? readRecordPlace(record) : undefined;
  if (record.length !== recordBytes || (place && Buffer.compare(place.edgeId, edgeId) !== 0))
    throw new TacetError('field_invalid', { param: 'records' });
}

function totalFields(total: NoLogTotal): NoLogTotals {
  return {
    accountId: idField('account_id', total.accountId),
    keyId: optionalIdField('key_id', total.keyId),
    priceVersion: total.priceVersion,
    version: integerField('version', total.version, 0n),
    inputTokens: integerField('input_tokens', total.inputTokens, 0n, totalTokensMax),
    cachedTokens: integerField('cached_tokens', total.cachedTokens, 0n, totalTokensMax),
    outputTokens: integerField('output_tokens', total.outputTokens, 0n, totalTokensMax),
  };
}

async function appendRecords(writer: UsageWriter, records: readonly Buffer[]): Promise<void> {
  try {
    await writer.write(await writer.read(records));
  } catch (error) {
    if (!isDataError(error)) throw error;
    for (const record of records) await writer.writeOne(record);
  }
}

/** An epoch whose totals cannot all be charged is not closed: its edge keeps them and sends them again. */
function appendTotals(
  pool: Pool,
  edgeId: string,
  epoch: number,
  totals: readonly NoLogTotals[],
  final: boolean,
): Promise<{ readonly lateNano: bigint; readonly unknownPrices: number }> {
  return transaction(pool, async (connection) => {
    // First of all locks: a sweep looks at what this call changes.
    await connection.query('SELECT FROM billing.edge_session WHERE edge_id = $1 FOR UPDATE', [edgeId]);
    const lateNano = await applyTotals(connection, edgeId, epoch, totals);
    const unknown = await readUnknownPrices(connection, totals);
    for (const version of unknown) await reportDiscrepancy(connection, { kind: 'unknown_price', subject: `price version ${version}` });
    if (final && unknown.length === 0) await connection.query('SELECT billing.fold_epoch($1, $2)', [edgeId, epoch]);
    return { lateNano, unknownPrices: unknown.length };
  });
}
