import { z } from 'zod';
import { parseYaml } from './yaml-file.ts';

// The rules of the edge's own reader (apps/edge/src/workers/parse-workers.ts), which a tool cannot import. The test of a
// whole deployment holds the two together.

/** Most pools of a workers.yaml. */
export const poolsMax = 256;
/** Most models of a pool. */
export const poolModelsMax = 1_024;

const headerName = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the lower-case name of a header');
const fieldName = z.string().min(1, 'must not be empty').max(128, 'must have at most 128 characters');
const modelName = z.string().min(1, 'must not be empty').max(256, 'must have at most 256 characters');

/** Headers that would carry the client's identity, or break the connection. */
const neverForwarded: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'cookie',
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'content-encoding',
  'proxy-authorization',
  'proxy-connection',
  'forwarded',
  'x-forwarded-for',
  'x-real-ip',
]);

const poolSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit'),
  url: z.string().refine(isWorkerUrl, 'must be an http or https URL without user, query and fragment'),
  kind: z.enum(['vllm', 'sglang', 'llamacpp', 'ollama', 'lmstudio', 'litellm', 'openai', 'local', 'demo']),
  models: z.array(modelName).min(1).max(poolModelsMax),
  weight: z.number().positive('must be more than 0').max(1_000).optional(),
  credentialsFile: z.string().min(1, 'must not be empty').optional(),
  usage: z.enum(['continuous', 'final', 'none']).optional(),
  forwardHeaders: z
    .array(headerName.refine((name) => !neverForwarded.has(name), 'must not be a header that is never forwarded'))
    .max(32)
    .optional(),
  refuseFields: z.array(fieldName).max(128).optional(),
  remoteMedia: z.boolean().optional(),
  singleTenant: z.boolean().optional(),
});

const workerListSchema = z.strictObject({ pools: z.array(poolSchema).max(poolsMax) });

/** A pool of workers as the edge's workers.yaml names it. */
export type WorkerPool = z.infer<typeof poolSchema>;

/** Parses a workers.yaml as the edge reads it. Throws `InvalidFileError` that names every problem by path and rule. */
export function parseWorkerList(text: string, file: string): readonly WorkerPool[] {
  return parseYaml(text, file, workerListSchema, duplicateIds).pools;
}

function isWorkerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && hostname !== '' && `${username}${password}` === '' && !/[?#]/.test(text);
}

function duplicateIds(raw: unknown): readonly string[] {
  const pools = (raw as { pools?: unknown } | null)?.pools;
  if (!Array.isArray(pools)) return [];
  const ids = pools.map((pool: { id?: unknown } | null) => pool?.id);
  const problem = (id: unknown, at: number) => `pools[${at}].id: is the same as pools[${ids.indexOf(id)}].id`;
  return ids.flatMap((id, at) => (id !== undefined && ids.indexOf(id) < at ? [problem(id, at)] : []));
}
