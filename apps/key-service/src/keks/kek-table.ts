import type { Queryable } from '@tacet/database';
import type { KekVersion } from '../providers/key-provider.ts';

export type KekState = 'active' | 'retired' | 'destroyed';

/** A row of `keystore.kek`. */
export interface KekRow extends KekVersion {
  /** Of which kind. */
  readonly provider: string;
  readonly state: KekState;
  /** UTC milliseconds; undefined: not yet. */
  readonly rewrappedAtMs: number | undefined;
  /** When it was made, or taken in. */
  readonly createdAtMs: number;
}

interface RawKekRow {
  readonly provider: string;
  readonly kek_id: string;
  readonly version: bigint;
  readonly state: KekState;
  readonly rewrapped_at: Date | null;
  readonly created_at: Date;
}

const columns = 'provider, kek_id, version, state, rewrapped_at, created_at';

/** All versions of all keys, by key and version. */
export async function listKeks(db: Queryable): Promise<readonly KekRow[]> {
  const { rows } = await db.query<RawKekRow>(`SELECT ${columns} FROM keystore.kek ORDER BY provider, kek_id, version`);
  return rows.map(toKekRow);
}

/** One version, locked against every other change of it until the transaction ends; undefined: there is none. */
export async function lockKek(db: Queryable, { kekId, version }: KekVersion): Promise<KekRow | undefined> {
  const one = `SELECT ${columns} FROM keystore.kek WHERE (kek_id, version) = ($1, $2) FOR UPDATE`;
  const { rows } = await db.query<RawKekRow>(one, [kekId, version]);
  return rows[0] && toKekRow(rows[0]);
}

/** The version that wraps now; undefined: there is none. It stays so for whoever has called `shareKekRing`. */
export async function readActiveKek(db: Queryable, provider: string, kekId: string): Promise<KekVersion | undefined> {
  const active = `SELECT ${columns} FROM keystore.kek WHERE (provider, kek_id, state) = ($1, $2, 'active')`;
  const { rows } = await db.query<RawKekRow>(active, [provider, kekId]);
  return rows[0] && toKekRow(rows[0]);
}

/** Writes a version down; one that is known already stays as it is. */
export async function insertKek(db: Queryable, provider: string, { kekId, version }: KekVersion, state: KekState, nowMs: number): Promise<void> {
  await db.query(
    `INSERT INTO keystore.kek (provider, kek_id, version, state, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [provider, kekId, version, state, new Date(nowMs)],
  );
}

/** Takes the active version of a key out of use; it still unwraps. */
export async function retireActiveKek(db: Queryable, provider: string, kekId: string): Promise<void> {
  await db.query("UPDATE keystore.kek SET state = 'retired' WHERE (provider, kek_id, state) = ($1, $2, 'active')", [provider, kekId]);
}

export async function markKekDestroyed(db: Queryable, provider: string, { kekId, version }: KekVersion): Promise<void> {
  await db.query("UPDATE keystore.kek SET state = 'destroyed' WHERE (provider, kek_id, version) = ($1, $2, $3)", [provider, kekId, version]);
}

/** Writes down, for each retired version that no DEK needs any more, that this is so since now. */
export async function markRewrapped(db: Queryable, nowMs: number): Promise<void> {
  await db.query(
    `UPDATE keystore.kek SET rewrapped_at = $1 WHERE state = 'retired' AND rewrapped_at IS NULL
       AND NOT EXISTS (SELECT FROM keystore.dek WHERE (dek.provider, dek.kek_id, dek.kek_version) = (kek.provider, kek.kek_id, kek.version))`,
    [new Date(nowMs)],
  );
}

/**
 * Keeps the version that wraps as it is until the transaction ends, so that nothing is ever wrapped under a version
 * that RewrapAll has passed. Not a lock of the row: those who share it could keep a rotation waiting for ever, while
 * these locks are given in the order in which they were asked for.
 */
export async function shareKekRing(db: Queryable): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock_shared($1)', [kekRingLock]);
}

/** Lets one transaction change which version wraps, over all replicas, once nobody shares the ring. */
export async function lockKekRing(db: Queryable): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock($1)', [kekRingLock]);
}

/** Any number that nothing else in the keystore takes for a lock. */
const kekRingLock = 7454;

function toKekRow({ provider, kek_id, version, state, rewrapped_at, created_at }: RawKekRow): KekRow {
  return { provider, kekId: kek_id, version: Number(version), state, rewrappedAtMs: rewrapped_at?.getTime(), createdAtMs: created_at.getTime() };
}
