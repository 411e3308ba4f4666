import type { Queryable } from '@tacet/database';

/** What is kept of an event: which object to ask for, and why. Nothing else of it is trusted, or stored. */
export interface StoredEvent {
  readonly eventId: string;
  readonly type: string;
  readonly objectId: string;
}

/** Stores an event, once by its id. Answers whether it is new. */
export async function storeEvent(database: Queryable, { eventId, type, objectId }: StoredEvent): Promise<boolean> {
  const { rowCount } = await database.query(
    'INSERT INTO billing.stripe_event (event_id, type, object_id) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING',
    [eventId, type, objectId],
  );
  return rowCount === 1;
}
