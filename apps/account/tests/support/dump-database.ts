import type { TestDatabase } from '@tacet/testing';
import { openPool } from '@tacet/database';

/** Every row of every table of the schemas `account` and `billing`, as text: what a plain dump holds. */
export async function dumpDatabase(database: TestDatabase): Promise<string> {
  const pool = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'dump', connectionsMax: 1 });
  try {
    const { rows: tables } = await pool.query<{ name: string }>(
      "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('account', 'billing')",
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} AS t`);
      texts.push(name, ...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await pool.end();
  }
}
