import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from './open-store.ts';

const rowsMax = 60_000;

/** COPY of the newest rows of usage_request into a table of the same form and indexes: what the database can do at most. */
export async function copyRows({ admin, folder }: Store): Promise<Record<string, number>> {
  const file = join(folder, 'rows');
  await rm(file, { force: true });
  const { rows } = await admin.query<{ n: bigint }>('SELECT count(*) AS n FROM (SELECT FROM billing.usage_request LIMIT $1) AS u', [rowsMax]);
  await admin.query(`COPY (SELECT * FROM billing.usage_request ORDER BY request_id DESC LIMIT ${rowsMax}) TO '${file}'`);
  await admin.query(
    'DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE billing.usage_request INCLUDING ALL); CREATE INDEX ON copied (account_id, request_id)',
  );
  const started = performance.now();
  await admin.query(`COPY copied FROM '${file}'`);
  return { rate: Number(rows[0]?.n ?? 0n) / ((performance.now() - started) / 1_000) };
}
