import type { Queryable } from '@tacet/database';

/** Who calls: an edge in one of its epochs. */
export interface EdgeEpoch {
  readonly edgeId: string;
  readonly epoch: number;
  /** By partition: the last seq that was written before this epoch. */
  readonly base: readonly bigint[];
}

/** Begins a session; false when the epoch is fenced. */
export async function openSession(database: Queryable, { edgeId, epoch, base }: EdgeEpoch, lifetimeMs: number): Promise<boolean> {
  const { rows } = await database.query<{ opened: boolean }>(
    "SELECT billing.open_session($1, $2, $3::bigint[], $4 * interval '1 ms') AS opened",
    [edgeId, epoch, base, lifetimeMs],
  );
  return rows[0]?.opened === true;
}

/** Renews a session; false when the epoch is fenced. */
export async function renewSession(
  database: Queryable,
  { edgeId, epoch, base }: EdgeEpoch,
  number: bigint,
  lifetimeMs: number,
): Promise<boolean> {
  const { rows } = await database.query<{ renewed: boolean }>(
    "SELECT billing.renew_session($1, $2, $3, $4::bigint[], $5 * interval '1 ms') AS renewed",
    [edgeId, epoch, number, base, lifetimeMs],
  );
  return rows[0]?.renewed === true;
}
