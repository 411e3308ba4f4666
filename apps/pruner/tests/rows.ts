import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';

const sealed = () => Buffer.concat([Buffer.of(0xc1), randomBytes(99)]);

/** An account of its own for a test's rows. */
export async function insertAccount(admin: pg.Client): Promise<string> {
  const id = randomUUID();
  await admin.query("INSERT INTO account.account (account_id, status, created_on) VALUES ($1, 'active', now())", [id]);
  return id;
}

/** A conversation with messages; `expiresAtMs` undefined: a durable one. */
export async function insertConversation(admin: pg.Client, accountId: string, expiresAtMs: number | undefined, messages = 2): Promise<string> {
  const id = randomUUID();
  const [expiresAt, epoch] = expiresAtMs === undefined ? [null, null] : [new Date(expiresAtMs), Math.floor(expiresAtMs / 300_000)];
  await admin.query("INSERT INTO account.conversation (id, account_id, ephemeral, expires_at, epoch, model_id, created_at) VALUES ($1, $2, $3, $4, $5, 'demo-model', now())", [id, accountId, expiresAt !== null, expiresAt, epoch]);
  for (let position = 0; position < messages; position++) {
    await admin.query('INSERT INTO account.message (id, conversation_id, position, body) VALUES ($1, $2, $3, $4)', [randomUUID(), id, position, sealed()]);
  }
  return id;
}

/** Many expired conversations of two messages each, made by the database itself. */
export async function insertExpiredConversations(admin: pg.Client, accountId: string, count: number): Promise<void> {
  await admin.query(
    `INSERT INTO account.conversation (id, account_id, ephemeral, expires_at, epoch, model_id, created_at)
     SELECT gen_random_uuid(), $1, true, now() - interval '1 hour' - n * interval '1 ms', 1, 'demo-model', now() FROM generate_series(1, $2::int) n`,
    [accountId, count],
  );
  await admin.query(
    `INSERT INTO account.message (id, conversation_id, position, body)
     SELECT gen_random_uuid(), id, position, decode('c1' || repeat('00', 999), 'hex') FROM account.conversation, generate_series(0, 1) position WHERE account_id = $1 AND expires_at < now()`,
    [accountId],
  );
}

export async function insertSession(admin: pg.Client, accountId: string, expiresAtMs: number): Promise<Buffer> {
  const hash = randomBytes(32);
  await admin.query('INSERT INTO account.session (hash, account_id, expires_at, last_seen_on, authenticated_at) VALUES ($1, $2, $3, now(), now())', [hash, accountId, new Date(expiresAtMs)]);
  return hash;
}

export async function insertEmailToken(admin: pg.Client, accountId: string, expiresAtMs: number): Promise<Buffer> {
  const hash = randomBytes(32);
  await admin.query("INSERT INTO account.email_token (hash, account_id, purpose, expires_at) VALUES ($1, $2, 'reset', $3)", [hash, accountId, new Date(expiresAtMs)]);
  return hash;
}

export async function insertReceipt(admin: pg.Client, expiresAtMs: number): Promise<Buffer> {
  const hash = randomBytes(32);
  await admin.query("INSERT INTO account.receipt (token_hash, body, expires_at) VALUES ($1, '{}', $2)", [hash, new Date(expiresAtMs)]);
  return hash;
}

/** How many rows a table has. */
export async function countRows(admin: pg.Client, table: string, where = 'true', values: readonly unknown[] = []): Promise<number> {
  const { rows } = await admin.query<{ count: string }>(`SELECT count(*) FROM account.${table} WHERE ${where}`, [...values]);
  return Number(rows[0]?.count);
}
