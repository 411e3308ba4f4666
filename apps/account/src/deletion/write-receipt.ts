import type { Connection, Queryable } from '@tacet/database';
import { dayMs, dayOf } from '../clock.ts';
import { hashSecretToken } from '../secret-token.ts';
import type { Deletion, StepOutcome } from './deletion.ts';
import type { ReceiptSigner, SignedReceipt } from './receipt-signer.ts';

/** A receipt can be fetched this long. */
export const receiptMs = 7 * dayMs;

/** What is certified of a deletion: counts and dates only. Nothing in it tells whose account it was. */
export interface Receipt {
  readonly schema_version: 1;
  readonly requested_on: string;
  readonly deleted_on: string;
  /** From this day on no copy of the messages in a live system can be read. */
  readonly messages_unreadable_since: string;
  /** From this day on no backup of the keys can exist either. */
  readonly backups_unreadable_since: string;
  /** Rows that were removed, by table. */
  readonly removed: Readonly<Record<string, number>>;
}

/** Writes the receipt, once no replica can hold a key of the account any more. */
export async function writeReceipt(connection: Connection, signer: ReceiptSigner, deletion: Deletion, nowMs: number): Promise<StepOutcome> {
  const { unreadableAfterMs = nowMs, backupsEndMs = nowMs } = deletion;
  if (nowMs < unreadableAfterMs) return { done: false, againInMs: unreadableAfterMs - nowMs };
  const signed = signer.sign({
    schema_version: 1,
    requested_on: dayOf(deletion.requestedAtMs),
    deleted_on: dayOf(nowMs),
    messages_unreadable_since: dayOf(unreadableAfterMs),
    // The first day that begins after the end.
    backups_unreadable_since: dayOf(backupsEndMs + dayMs),
    removed: deletion.removed,
  });
  await connection.query(
    'INSERT INTO account.receipt (token_hash, body, expires_at) VALUES ($1, $2, $3) ON CONFLICT (token_hash) DO NOTHING',
    [deletion.receiptHash, JSON.stringify(signed), new Date(nowMs + receiptMs)],
  );
  return { done: true };
}

/** The receipt behind a token; `pending` while its deletion runs, undefined when there is none (any more). */
export async function findReceipt(db: Queryable, plaintextToken: string, nowMs: number): Promise<SignedReceipt | 'pending' | undefined> {
  const hash = hashSecretToken(plaintextToken);
  const { rows } = await db.query<{ body: string }>('SELECT body FROM account.receipt WHERE token_hash = $1 AND expires_at > $2', [
    hash,
    new Date(nowMs),
  ]);
  if (rows[0]) return JSON.parse(rows[0].body) as SignedReceipt;
  const { rowCount } = await db.query('SELECT 1 FROM account.deletion WHERE receipt_hash = $1', [hash]);
  return rowCount === 0 ? undefined : 'pending';
}
