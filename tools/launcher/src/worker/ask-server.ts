import type { ServedModel } from './served-model.ts';

const modelsMax = 1_000;
const bytesMax = 4 * 1024 * 1024;

/** GET, as JSON; undefined when no answer of status 200 that is JSON comes in time. */
export async function askJson(url: string, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > bytesMax) {
      await response.body?.cancel();
      return undefined;
    }
    return await response.json();
  } catch {
    // Nothing there, too slow, or not JSON: all the same to who looks for a worker.
    return undefined;
  }
}

/** The models of an OpenAI-compatible server (`GET /v1/models`); undefined when there is none at that address. */
export async function listServedModels(url: string, timeoutMs: number): Promise<readonly ServedModel[] | undefined> {
  const answer = (await askJson(`${url}/v1/models`, timeoutMs)) as { data?: unknown } | null | undefined;
  if (!Array.isArray(answer?.data)) return undefined;
  return answer.data.slice(0, modelsMax).flatMap((entry: unknown) => toServedModel(entry));
}

function toServedModel(entry: unknown): ServedModel[] {
  const { id, owned_by: ownedBy, max_model_len: vllmContext, context_length: otherContext, meta } = (entry ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > 256 || /[\s\p{Cc}]/u.test(id)) return [];
  const { n_ctx: llamaContext, n_ctx_train: trainedContext } = (meta ?? {}) as Record<string, unknown>;
  const context = [vllmContext, otherContext, llamaContext, trainedContext].find((value) => Number.isSafeInteger(value) && Number(value) > 0);
  return [{ id, contextTokens: context as number | undefined, ownedBy: typeof ownedBy === 'string' ? ownedBy : undefined }];
}
