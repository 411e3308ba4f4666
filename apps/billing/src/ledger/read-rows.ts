import type { Pool } from '@tacet/database';
import QueryStream from 'pg-query-stream';

const rowsPerFetch = 500;

/** Streams the rows of a query, however many, over a connection of its own; a reader that leaves frees it. */
export async function* readRows<Row>(pool: Pool, text: string, values: readonly unknown[], signal: AbortSignal): AsyncGenerator<Row> {
  const connection = await pool.connect();
  const stream = connection.query(new QueryStream(text, [...values], { batchSize: rowsPerFetch }));
  const cancel = () => stream.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const row of stream) yield row as Row;
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.destroy();
    connection.release();
  }
}
