import { tablesWith } from '@tacet/testing';
import pg from 'pg';

/** Every table that holds one of the needles in a row, as text or as bytes, as `schema.table: needle`. */
export async function searchDatabase(adminUrl: string, needles: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const needle of needles) for (const table of await tablesWith(client, [needle])) found.push(`${table}: ${needle}`);
    return found;
  } finally {
    await client.end();
  }
}
