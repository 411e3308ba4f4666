import type { Connection, Queryable } from '@tacet/database';
import type { KekVersion } from '../providers/key-provider.ts';

/** A wrapped DEK as the keystore has it. Accounts are 32 characters of hex here, which PostgreSQL takes as a uuid. */
export interface DekRow {
  readonly version: number;
  /** WrappedDekV1. */
  readonly wrapped: Buffer;
  readonly kek: KekVersion;
}

interface RawDekRow {
  readonly dek_version: bigint;
  readonly wrapped: Buffer;
  readonly kek_id: string;
  readonly kek_version: bigint;
}

const columns = 'dek_version, wrapped, kek_id, kek_version';

/** The newest version of an account's DEK, which new records are sealed under; undefined: the account has none. */
export async function readNewestDek(db: Queryable, account: string): Promise<DekRow | undefined> {
  const newest = `SELECT ${columns} FROM keystore.dek WHERE account_id = $1 ORDER BY dek_version DESC LIMIT 1`;
  const { rows } = await db.query<RawDekRow>(newest, [account]);
  return rows[0] && toDekRow(rows[0]);
}

/** A DEK, and whether the KEK version that wraps it was given up (destroyed by force). */
export interface ReadDekRow extends DekRow {
  readonly isGivenUp: boolean;
}

/** Those of the given versions that exist. */
export async function readDeks(db: Queryable, account: string, versions: readonly number[]): Promise<readonly ReadDekRow[]> {
  const isGivenUp = `EXISTS (SELECT FROM keystore.kek WHERE state = 'destroyed'
    AND (kek.provider, kek.kek_id, kek.version) = (dek.provider, dek.kek_id, dek.kek_version)) AS is_given_up`;
  const some = `SELECT ${columns}, ${isGivenUp} FROM keystore.dek WHERE account_id = $1 AND dek_version = ANY ($2::bigint[])`;
  const { rows } = await db.query<RawDekRow & { is_given_up: boolean }>(some, [account, versions]);
  return rows.map((row) => ({ ...toDekRow(row), isGivenUp: row.is_given_up }));
}

/** Whether an account has any. */
export async function hasDeks(db: Queryable, account: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM keystore.dek WHERE account_id = $1 LIMIT 1', [account]);
  return rowCount === 1;
}

/** All versions of an account's DEK, oldest first. */
export async function listDeks(db: Queryable, account: string): Promise<readonly DekRow[]> {
  const { rows } = await db.query<RawDekRow>(`SELECT ${columns} FROM keystore.dek WHERE account_id = $1 ORDER BY dek_version`, [account]);
  return rows.map(toDekRow);
}

/** Lets one transaction at a time add or destroy DEKs of an account, so that none is added beside its destruction. */
export async function lockAccount(db: Queryable, account: string): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [account]);
}

/** Writes a new version; false, and nothing is changed, when it exists already. */
export async function insertDek(db: Queryable, provider: string, account: string, dek: DekRow, nowMs: number): Promise<boolean> {
  const { version, wrapped, kek } = dek;
  const { rowCount } = await db.query(
    `INSERT INTO keystore.dek (account_id, dek_version, wrapped, provider, kek_id, kek_version, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [account, version, wrapped, provider, kek.kekId, kek.version, new Date(nowMs)],
  );
  return rowCount === 1;
}

/** How many partitions the table has; a constant of its migration. */
export const dekPartitions = 64;

/** A place in the order in which all DEKs are rewrapped: partition by partition, there by account and version. */
export interface DekPlace {
  /** 0 … `dekPartitions`; at that number there is none left. */
  readonly partition: number;
  /** The last DEK before the place; undefined: the beginning of the partition. */
  readonly last: { readonly account: string; readonly version: number } | undefined;
}

export interface PlacedDek extends DekRow {
  /** As PostgreSQL writes a uuid. */
  readonly account: string;
  readonly provider: string;
}

/** The next DEKs of a place's partition. */
export async function readDeksAfter(db: Queryable, { partition, last }: DekPlace, count: number): Promise<readonly PlacedDek[]> {
  const { account, version } = last ?? { account: '00000000-0000-0000-0000-000000000000', version: 0 };
  const { rows } = await db.query<RawDekRow & { account_id: string; provider: string }>(
    `SELECT account_id, provider, ${columns} FROM keystore.dek_${partition}
     WHERE (account_id, dek_version) > ($1, $2) ORDER BY account_id, dek_version LIMIT $3`,
    [account, version, count],
  );
  return rows.map((row) => ({ account: row.account_id, provider: row.provider, ...toDekRow(row) }));
}

/** The 16 bytes of an account that PostgreSQL wrote as a uuid. */
export function accountBytes(account: string): Buffer {
  return Buffer.from(account.replaceAll('-', ''), 'hex');
}

/** A DEK that was wrapped anew. */
export interface RewrappedDek {
  readonly account: string;
  readonly version: number;
  readonly wrapped: Buffer;
  /** What it was under when it was read. */
  readonly before: KekVersion;
}

/** Replaces one wrapped DEK, which is now under the given key. */
export async function updateDek(db: Queryable, { account, version, wrapped }: RewrappedDek, provider: string, kek: KekVersion): Promise<void> {
  const values = [account, version, wrapped, provider, kek.kekId, kek.version];
  await db.query('UPDATE keystore.dek SET wrapped = $3, provider = $4, kek_id = $5, kek_version = $6 WHERE account_id = $1 AND dek_version = $2', values);
}

/**
 * Replaces wrapped DEKs of one partition, all now under one KEK version. A DEK that is not any more under what it was
 * read with stays: it was rewrapped, or moved to its account's own key, since.
 */
export async function updateDeks(connection: Connection, partition: number, deks: readonly RewrappedDek[], provider: string, kek: KekVersion): Promise<void> {
  if (deks.length === 0) return;
  // Otherwise the planner would read the whole partition for each batch.
  await connection.query('SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off');
  await connection.query(
    `UPDATE keystore.dek_${partition} dek SET wrapped = new.wrapped, provider = $5, kek_id = $6, kek_version = $7
     FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bigint[], $8::text[]) AS new (account_id, dek_version, wrapped, old_version, old_kek)
     WHERE dek.account_id = new.account_id AND dek.dek_version = new.dek_version
       AND dek.kek_version = new.old_version AND dek.kek_id = new.old_kek`,
    [
      deks.map(({ account }) => account),
      deks.map(({ version }) => version),
      deks.map(({ wrapped }) => wrapped),
      deks.map(({ before }) => before.version),
      provider,
      kek.kekId,
      kek.version,
      deks.map(({ before }) => before.kekId),
    ],
  );
}

/** Deletes all DEKs of an account and returns how many there were. Their bytes stay in the file until `eraseRemains`. */
export async function deleteDeks(db: Queryable, account: string): Promise<number> {
  const { rowCount } = await db.query('DELETE FROM keystore.dek WHERE account_id = $1', [account]);
  return rowCount ?? 0;
}

/** Writes the account's partition anew, so that nothing of deleted or replaced rows is left in the data folder. */
export async function eraseRemains(db: Queryable, account: string): Promise<void> {
  await db.query('SELECT keystore.erase_remains($1)', [account]);
}

export async function countDeks(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: bigint }>('SELECT count(*) FROM keystore.dek');
  return Number(rows[0]?.count ?? 0n);
}

/** How many DEKs, of all accounts or of one, each version of each key wraps, under `<kek_id>.<version>`. */
export async function countDeksByKek(db: Queryable, account?: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ kek: string; count: bigint }>(
    "SELECT kek_id || '.' || kek_version AS kek, count(*) FROM keystore.dek WHERE $1::uuid IS NULL OR account_id = $1 GROUP BY 1",
    [account ?? null],
  );
  return new Map(rows.map(({ kek, count }) => [kek, Number(count)]));
}

function toDekRow({ dek_version, wrapped, kek_id, kek_version }: RawDekRow): DekRow {
  return { version: Number(dek_version), wrapped, kek: { kekId: kek_id, version: Number(kek_version) } };
}
