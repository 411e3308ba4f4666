import { z } from 'zod';
import { modelId, modelsMax } from './price-list.ts';
import { parseYaml } from './yaml-file.ts';

/** Most pools of a workers.yaml. */
export const poolsMax = 1_000;

const headerName = z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/i, 'must be the name of a header');
const fieldName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be the name of a top-level field');

const poolSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -'),
  url: z.string().refine(isWorkerUrl, 'must be an http or https URL without /v1, user, query and fragment'),
  kind: z.enum(['vllm', 'sglang', 'llamacpp', 'ollama', 'lmstudio', 'litellm', 'openai', 'local', 'demo']),
  models: z.array(modelId()).min(1).max(modelsMax),
  weight: z.int().min(1).max(1_000).optional(),
  credentialsFile: z.string().min(1).optional(),
  usage: z.enum(['continuous', 'final', 'none']).optional(),
  forwardHeaders: z.array(headerName).optional(),
  refuseFields: z.array(fieldName).optional(),
  remoteMedia: z.boolean().optional(),
  singleTenant: z.boolean().optional(),
});

const workerListSchema = z.strictObject({ pools: z.array(poolSchema).min(1).max(poolsMax) });

/** A pool of workers as the edge's workers.yaml names it. */
export type WorkerPool = z.infer<typeof poolSchema>;

/** Parses a workers.yaml as the edge reads it. Throws `InvalidFileError` that names every problem by path and rule. */
export function parseWorkerList(text: string, file: string): readonly WorkerPool[] {
  return parseYaml(text, file, workerListSchema, duplicateIds).pools;
}

function isWorkerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '' && !/\/v1\/?$/.test(pathname);
}

function duplicateIds(raw: unknown): readonly string[] {
  const pools = (raw as { pools?: unknown } | null)?.pools;
  if (!Array.isArray(pools)) return [];
  const ids = pools.map((pool: { id?: unknown } | null) => pool?.id);
  return ids.flatMap((id, at) =>
    id !== undefined && ids.indexOf(id) < at ? [`pools[${at}].id: is the same as pools[${ids.indexOf(id)}].id`] : [],
  );
}
