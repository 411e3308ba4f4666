import type { Queryable } from '@tacet/database';
import type { LeaseKey } from '@tacet/rpc/types/ledger/v1/LeaseKey';
import type { NoLogVersion } from '@tacet/rpc/types/usage/v1/NoLogVersion';
import type { PartitionSeq } from '@tacet/rpc/types/usage/v1/PartitionSeq';
import { foldedEpochsListedMax } from '../limits.ts';
import { idBytes, optionalIdBytes } from '../rpc/fields.ts';

/** How far the records of an edge have been applied, every partition that has any. */
export async function readApplied(database: Queryable, edgeId: string): Promise<PartitionSeq[]> {
  const { rows } = await database.query<{ partition: number; applied: bigint }>(
    'SELECT partition, applied FROM billing.edge_progress WHERE edge_id = $1 ORDER BY partition',
    [edgeId],
  );
  return rows.map(({ partition, applied }) => ({ partition, seq: applied.toString() }));
}

/** Which versions of totals of an edge billing has; of one epoch, or of all that are not folded. */
export async function readNoLogVersions(database: Queryable, edgeId: string, epoch?: number): Promise<NoLogVersion[]> {
  const { rows } = await database.query<{ epoch: bigint; account_id: string; key_id: string; price_version: bigint; version: bigint }>(
    `SELECT epoch, account_id, key_id, price_version, version FROM billing.nolog_total
      WHERE edge_id = $1 AND ($2::bigint IS NULL OR epoch = $2)`,
    [edgeId, epoch ?? null],
  );
  return rows.map((row) => ({
    epoch: Number(row.epoch),
    accountId: idBytes(row.account_id),
    keyId: optionalIdBytes(row.key_id),
    priceVersion: Number(row.price_version),
    version: row.version.toString(),
  }));
}

/** The newest folded epochs of an edge. */
export async function readFoldedEpochs(database: Queryable, edgeId: string): Promise<number[]> {
  const { rows } = await database.query<{ epoch: bigint }>(
    'SELECT epoch FROM billing.nolog_fold WHERE edge_id = $1 ORDER BY epoch DESC LIMIT $2',
    [edgeId, foldedEpochsListedMax],
  );
  return rows.map(({ epoch }) => Number(epoch));
}

/** Leases of this edge whose accounts other edges wait for. */
export async function readShrinkWishes(database: Queryable, edgeId: string, epoch: number, shrinkMs: number): Promise<LeaseKey[]> {
  const { rows } = await database.query<{ account_id: string; key_id: string }>(
    `SELECT l.account_id, l.key_id FROM billing.spend_lease l
      WHERE l.edge_id = $1 AND l.epoch = $2 AND l.granted > l.spent
        AND EXISTS (SELECT FROM billing.lease_wait w
                     WHERE w.account_id = l.account_id AND w.edge_id <> $1 AND w.refused_at > clock_timestamp() - $3 * interval '1 ms')`,
    [edgeId, epoch, shrinkMs],
  );
  return rows.map((row) => ({ accountId: idBytes(row.account_id), keyId: optionalIdBytes(row.key_id) }));
}

/** The database's clock, UTC milliseconds. */
export async function readDatabaseTime(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ now: string }>('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::text AS now');
  return rows[0]?.now ?? '0';
}
