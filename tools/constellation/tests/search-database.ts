import pg from 'pg';

/**
 * Every row of every table (the list is the catalogue's) that holds one of the needles, as text or as bytes, as
 * `schema.table: needle`.
 */
export async function searchDatabase(adminUrl: string, needles: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const table of await listTables(client)) {
      for (const needle of needles) {
        // A row as text shows ids with their dashes and bytes as hexadecimal digits.
        const forms = [needle, Buffer.from(needle).toString('hex'), ...(isId(needle) ? [needle.replaceAll('-', '')] : [])];
        const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table} AS row WHERE lower(row::text) LIKE ANY ($1)`, [forms.map((form) => `%${escapeLike(form.toLowerCase())}%`)]);
        if (Number(rows[0]?.n) > 0) found.push(`${table}: ${needle}`);
      }
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Every table that holds rows of its own (partitions, not their parents), quoted. */
export async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

function isId(needle: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(needle);
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
