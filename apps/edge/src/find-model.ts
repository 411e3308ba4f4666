import { TacetError } from '@tacet/errors';
import type { Price } from '@tacet/pricing';
import type { Caller } from './keys/caller.ts';
import type { Catalogue, CatalogueModel } from './money/catalogue.ts';
import type { ModelRoute, WorkerSet } from './workers/worker-set.ts';

/** Longest list of models in an error. */
const modelsListedMax = 100;

export interface FoundModel {
  readonly model: CatalogueModel;
  readonly price: Price;
  /** What serves it now. */
  readonly route: ModelRoute;
}

/** What the caller may use of a name. Throws `model_not_allowed`, `model_unknown` or `model_not_priced`. */
export function findModel(modelId: string, caller: Caller, catalogue: Catalogue, workers: WorkerSet): FoundModel {
  const model = catalogue.models.get(modelId);
  const route = workers.routeOf(modelId);
  if (caller.models && !caller.models.has(modelId)) throw refused('model_not_allowed', caller, catalogue, workers);
  if (!route) throw refused('model_unknown', caller, catalogue, workers);
  if (!model?.price) throw new TacetError('model_not_priced', { param: 'model' });
  return { model, price: model.price, route };
}

function refused(code: 'model_not_allowed' | 'model_unknown', caller: Caller, catalogue: Catalogue, workers: WorkerSet): TacetError {
  return new TacetError(code, { param: 'model', metadata: { models: usableModels(caller, catalogue, workers).slice(0, modelsListedMax) } });
}

/** Models that the caller may use, that are priced and that a pool serves. */
export function usableModels(caller: Caller, catalogue: Catalogue, workers: WorkerSet): string[] {
  const usable = [...catalogue.models.values()].filter(({ modelId, price }) => price && workers.routeOf(modelId) && (!caller.models || caller.models.has(modelId)));
  return usable.map(({ modelId }) => modelId);
}
