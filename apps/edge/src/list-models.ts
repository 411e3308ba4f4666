import type { IncomingMessage, ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import type { Authorize } from './authorize.ts';
import type { Catalogue, CatalogueModel } from './money/catalogue.ts';
import type { DoorName } from './serve-inference.ts';
import { usableModels } from './find-model.ts';
import type { WorkerSet } from './workers/worker-set.ts';

export interface ListModelsOptions {
  readonly authorize: Authorize;
  readonly catalogue: Catalogue;
  readonly workers: WorkerSet;
}

/** `GET /v1/models`: what this key may use, in OpenAI's form, with limits, prices and how far prompt caches are kept apart. */
export async function listModels(request: IncomingMessage, response: ServerResponse, door: DoorName, options: ListModelsOptions): Promise<void> {
  const { authorize, catalogue, workers } = options;
  const caller = await (door === 'public' ? authorize.byKey(request.headers) : authorize.byAccount(request.headers));
  const data = usableModels(caller, catalogue, workers).flatMap((modelId) => {
    const model = catalogue.models.get(modelId);
    return model?.price ? [describe(model, model.price, isolationOf(modelId, workers))] : [];
  });
  const body = JSON.stringify({ object: 'list', data });
  if (response.destroyed) throw new TacetError('client_closed');
  response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store']);
  response.end(body);
}

function describe(model: CatalogueModel, price: NonNullable<CatalogueModel['price']>, prefixIsolation: boolean) {
  return {
    id: model.modelId,
    object: 'model',
    created: Math.floor(model.pricedAtMs / 1000),
    owned_by: 'tacet',
    context_length: model.contextTokens,
    pricing: { prompt: perToken(price.inputPico), cached_prompt: perToken(price.cachedPico), completion: perToken(price.outputPico) },
    privacy: { prefix_isolation: prefixIsolation },
  };
}

/** Whether every pool that may serve the model keeps tenants from probing each other's cached prompts. */
function isolationOf(modelId: string, workers: WorkerSet): boolean {
  return workers.routeOf(modelId)?.pools.every(({ kind, singleTenant }) => singleTenant || kind.isolation !== 'none') ?? false;
}

/** pico-USD as a decimal number of USD, as a string: 100000 → "0.0000001". */
function perToken(pico: bigint): string {
  const places = (pico % 10n ** 12n).toString().padStart(12, '0').replace(/0+$/, '');
  return `${pico / 10n ** 12n}${places === '' ? '' : `.${places}`}`;
}
