import { transaction, type Pool, type Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Model__Output as Model } from '@tacet/rpc/types/ledger/v1/Model';
import type { ModelPrices__Output as ModelPrices } from '@tacet/rpc/types/ledger/v1/ModelPrices';
import type { Events } from '../events.ts';
import { readCatalog } from '../ledger/catalog.ts';
import { priceVersionOf, type PriceContent } from '../ledger/price-version.ts';
import { modelsMax, pricePicoMax } from '../limits.ts';
import { integerField, listField, messageField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

const modelIdBytesMax = 256;

interface PricedModel extends PriceContent {
  readonly model: Model;
}

/** Publishes models, and a new price version for each whose prices changed. Models that are not named stay as they are. */
export function createApplyPrices(pool: Pool, events: Events): LedgerHandler<'ApplyPrices'> {
  return async (request) => {
    const models = listField('models', request.models, modelsMax).map(modelFields);
    if (new Set(models.map(({ modelId }) => modelId)).size < models.length)
      throw new TacetError('field_invalid', { param: 'models', message: 'A model is named twice.' });
    const answer = await transaction(pool, async (connection) => {
      // Locked until the commit: one list at a time, and revisions in the order of commits.
      await connection.query("SELECT FROM billing.revision WHERE name = 'catalog' FOR UPDATE");
      let added = 0;
      let changed = false;
      for (const model of models) {
        const { version, isNew } = await publishPrice(connection, model);
        if (isNew) added++;
        changed = (await publishModel(connection, model, version)) || changed;
      }
      if (changed) await connection.query("UPDATE billing.revision SET value = value + 1 WHERE name = 'catalog'");
      return { ...(await readCatalog(connection)), added };
    });
    events.pricesApplied(answer.added);
    return answer;
  };
}

function modelFields({ model: given, ...rates }: ModelPrices): PricedModel {
  const model = messageField<Model>('model', given);
  const bytes = Buffer.byteLength(model.modelId);
  if (bytes === 0 || bytes > modelIdBytesMax) throw new TacetError('field_invalid', { param: 'model_id' });
  if (model.contextTokens === 0) throw new TacetError('field_invalid', { param: 'context_tokens' });
  return {
    model,
    modelId: model.modelId,
    inputPico: integerField('input_pico', rates.inputPico, 0n, pricePicoMax),
    cachedPico: integerField('cached_pico', rates.cachedPico, 0n, pricePicoMax),
    outputPico: integerField('output_pico', rates.outputPico, 0n, pricePicoMax),
  };
}

/** The version of the model's price: the present one, or a new one when the price changed. */
async function publishPrice(connection: Queryable, content: PriceContent): Promise<{ version: number; isNew: boolean }> {
  const values = [content.modelId, content.inputPico, content.cachedPico, content.outputPico];
  const present = await connection.query<{ version: bigint }>(
    `SELECT price_version AS version FROM billing.model JOIN billing.price USING (price_version, model_id)
      WHERE model_id = $1 AND input_pico = $2 AND cached_pico = $3 AND output_pico = $4`,
    values,
  );
  if (present.rows[0]) return { version: Number(present.rows[0].version), isNew: false };
  const before = await connection.query<{ times: bigint }>(
    'SELECT count(*) AS times FROM billing.price WHERE model_id = $1 AND input_pico = $2 AND cached_pico = $3 AND output_pico = $4',
    values,
  );
  for (let occurrence = Number(before.rows[0]?.times ?? 0n); ; occurrence++) {
    const version = priceVersionOf(content, occurrence);
    const { rowCount } = await connection.query(
      `INSERT INTO billing.price (price_version, model_id, input_pico, cached_pico, output_pico) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [version, ...values],
    );
    if (rowCount === 1) return { version, isNew: true };
  }
}

/** Whether the model's row changed. */
async function publishModel(connection: Queryable, { model }: PricedModel, version: number): Promise<boolean> {
  const { rowCount } = await connection.query(
    `INSERT INTO billing.model AS m VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (model_id) DO UPDATE SET context_tokens = excluded.context_tokens, output_default = excluded.output_default,
       overhead_tokens = excluded.overhead_tokens, media_tokens_max = excluded.media_tokens_max, price_version = excluded.price_version
     WHERE (m.context_tokens, m.output_default, m.overhead_tokens, m.media_tokens_max, m.price_version)
       <> (excluded.context_tokens, excluded.output_default, excluded.overhead_tokens, excluded.media_tokens_max, excluded.price_version)`,
    [model.modelId, model.contextTokens, model.outputDefault, model.overheadTokens, model.mediaTokensMax, version],
  );
  return rowCount === 1;
}
