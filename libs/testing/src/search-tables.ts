import type { Queryable } from '@tacet/database';

/** Tables with rows of their own (partitions, not their parents), quoted, as the catalogue lists them. */
async function listTables(database: Queryable): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Tables with a row that shows one of the texts: as it is, as an id without dashes, or as bytes. A row as text shows ids with their dashes and
 * bytes as hexadecimal digits.
 */
export async function tablesWith(database: Queryable, texts: readonly string[]): Promise<string[]> {
  if (texts.length === 0) return [];
  const forms = texts.flatMap((text) => [text, text.replaceAll('-', ''), Buffer.from(text).toString('hex')]).map((form) => form.toLowerCase());
  const found: string[] = [];
  for (const table of await listTables(database)) {
    const { rows } = await database.query(`SELECT 1 FROM ${table} AS row WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) AS form WHERE strpos(lower(row::text), form) > 0) LIMIT 1`, [forms]);
    if (rows.length > 0) found.push(table);
  }
  return found;
}

/** Every row of every table, as text. */
export async function readTables(database: Queryable): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const tables = new Map<string, ReadonlySet<string>>();
  for (const table of await listTables(database)) {
    const { rows } = await database.query<{ text: string }>(`SELECT row::text AS text FROM ${table} AS row`);
    tables.set(table, new Set(rows.map(({ text }) => text)));
  }
  return tables;
}
