import { metricsBytesMax, readEngineGauges, type EngineGauges } from './engine-gauges.ts';
import type { Worker } from './worker.ts';

/** How long a page of metrics may take. */
const scrapeMs = 2_000;

/** What the worker's engine says of itself at `/metrics`; undefined where it says nothing that is known here. */
export async function scrapeWorker({ pool, dispatcher }: Worker): Promise<EngineGauges | undefined> {
  const headers = pool.credentials === undefined ? {} : { authorization: `Bearer ${pool.credentials}` };
  try {
    const { statusCode, body } = await dispatcher.request({ path: `${pool.basePath}/metrics`, method: 'GET', headers, headersTimeout: scrapeMs, bodyTimeout: scrapeMs });
    if (statusCode !== 200) {
      await body.dump();
      return undefined;
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      // Leaving the loop closes the connection.
      if (bytes > metricsBytesMax) return undefined;
      pieces.push(piece);
    }
    return readEngineGauges(Buffer.concat(pieces, bytes).toString('latin1'));
  } catch {
    return undefined;
  }
}
