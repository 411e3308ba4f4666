import type { ErrorDialect } from './endpoints.ts';
import type { Catalogue } from './money/catalogue.ts';
import type { WorkerSet } from './workers/worker-set.ts';

export interface DescribeOptions {
  readonly catalogue: Catalogue;
  readonly workers: WorkerSet;
}

/** A model with its limits, prices and how far prompt caches are kept apart; undefined when it has no price. */
export function describeModel(modelId: string, dialect: ErrorDialect, { catalogue, workers }: DescribeOptions) {
  const model = catalogue.models.get(modelId);
  const price = model?.price;
  if (!model || !price) return undefined;
  const shared = {
    id: modelId,
    context_length: model.contextTokens,
    pricing: { prompt: perToken(price.inputPico), cached_prompt: perToken(price.cachedPico), completion: perToken(price.outputPico) },
    privacy: { prefix_isolation: isolationOf(modelId, workers) },
  };
  if (dialect === 'anthropic') return { type: 'model', display_name: modelId, created_at: new Date(model.pricedAtMs).toISOString(), ...shared };
  return { object: 'model', created: Math.floor(model.pricedAtMs / 1000), owned_by: 'tacet', ...shared };
}

/** Whether every pool that may serve the model keeps tenants from probing each other's cached prompts, whatever is asked of it. */
function isolationOf(modelId: string, workers: WorkerSet): boolean {
  return workers.routeOf(modelId)?.pools.every(({ kind, singleTenant, endpoints }) => singleTenant || (kind.isolation !== 'none' && !endpoints.includes('messages'))) ?? false;
}

/** pico-USD as a decimal number of USD, as a string: 100000 → "0.0000001". */
function perToken(pico: bigint): string {
  const places = (pico % 10n ** 12n).toString().padStart(12, '0').replace(/0+$/, '');
  return `${pico / 10n ** 12n}${places === '' ? '' : `.${places}`}`;
}
