import type { Pool } from '@tacet/database';
import QueryStream from 'pg-query-stream';

const rowsPerFetch = 500;

/**
 * Streams the rows of a query, however many, over a connection of its own. The connection of a reader that leaves before
 * the end is closed, not given back: a cursor of pg that is closed before its first answer has come can ask for the end of
 * the query twice, and the second answer would end the query of whoever has the connection then.
 */
export async function* readRows<Row>(pool: Pool, text: string, values: readonly unknown[], signal: AbortSignal): AsyncGenerator<Row> {
  const connection = await pool.connect();
  let isWhole = false;
  const stream = connection.query(new QueryStream(text, [...values], { batchSize: rowsPerFetch }));
  const cancel = () => stream.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const row of stream) yield row as Row;
    isWhole = true;
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.destroy();
    connection.release(!isWhole);
  }
}
