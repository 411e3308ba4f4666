import type { Queryable } from '@tacet/database';
import type { Model } from '@tacet/rpc/types/ledger/v1/Model';
import type { Price } from '@tacet/rpc/types/ledger/v1/Price';

/** All models, and every price version ever published. */
export interface Catalog {
  readonly models: Model[];
  readonly prices: Price[];
}

/** Reads a revision: one that is read has every change that came before it committed. */
export async function readRevision(database: Queryable, name: 'catalog' | 'state'): Promise<bigint> {
  const { rows } = await database.query<{ value: bigint }>('SELECT value FROM billing.revision WHERE name = $1', [name]);
  return rows[0]?.value ?? 0n;
}

/** Reads the whole catalogue. */
export async function readCatalog(database: Queryable): Promise<Catalog> {
  const models = await database.query<Record<'context' | 'output' | 'overhead' | 'media' | 'version', bigint> & { id: string }>(
    `SELECT model_id AS id, context_tokens AS context, output_default AS output, overhead_tokens AS overhead, media_tokens_max AS media,
            price_version AS version FROM billing.model ORDER BY model_id`,
  );
  const prices = await database.query<Record<'version' | 'input' | 'cached' | 'output', bigint> & { id: string; effective: string }>(
    `SELECT price_version AS version, model_id AS id, input_pico AS input, cached_pico AS cached, output_pico AS output,
            floor(extract(epoch FROM effective_at) * 1000)::text AS effective FROM billing.price ORDER BY effective_at, price_version`,
  );
  return {
    models: models.rows.map((row) => ({
      modelId: row.id,
      contextTokens: Number(row.context),
      outputDefault: Number(row.output),
      overheadTokens: Number(row.overhead),
      mediaTokensMax: Number(row.media),
      priceVersion: Number(row.version),
    })),
    prices: prices.rows.map((row) => ({
      priceVersion: Number(row.version),
      modelId: row.id,
      inputPico: row.input.toString(),
      cachedPico: row.cached.toString(),
      outputPico: row.output.toString(),
      effectiveAtMs: row.effective,
    })),
  };
}
