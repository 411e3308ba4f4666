import { z } from 'zod';

/** Most pools of a workers.yaml. */
export const poolsMax = 256;
/** Most models of a pool. */
export const poolModelsMax = 1_024;
/** The largest `requestsMax` of a pool. */
export const poolRequestsMaxMax = 65_536;

/** Kinds of servers that a pool may be of. */
export const workerKindNames = ['vllm', 'sglang', 'llamacpp', 'ollama', 'lmstudio', 'litellm', 'openai', 'local', 'demo'] as const;
export type WorkerKindName = (typeof workerKindNames)[number];

/** What can be asked of workers. */
export const endpointNames = ['chat_completions', 'completions', 'embeddings', 'responses', 'messages', 'count_tokens', 'rerank', 'score'] as const;
export type EndpointName = (typeof endpointNames)[number];

/** Headers that would carry the client's identity, or break the connection. */
const neverForwarded: ReadonlySet<string> = new Set([
  'authorization', 'x-api-key', 'cookie', 'host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect',
  'content-length', 'content-encoding', 'proxy-authorization', 'proxy-connection', 'forwarded', 'x-forwarded-for', 'x-real-ip',
]);

/** LiteLLM's own switches: a client that could set them would undo what the edge sets, its redaction first of all. */
const controlsLiteLlm = /^(x-)?litellm-/;

const headerName = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'must be the lower-case name of a header')
  .refine((name) => !neverForwarded.has(name) && !controlsLiteLlm.test(name), 'must not be a header that is never forwarded');
const fieldName = z.string().min(1, 'must not be empty').max(128, 'must have at most 128 characters');
const modelName = z.string().min(1, 'must not be empty').max(256, 'must have at most 256 characters');

const poolSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit'),
  url: z.string().refine(isWorkerUrl, 'must be an http or https URL without user, query and fragment'),
  kind: z.enum(workerKindNames),
  models: z.array(modelName).min(1).max(poolModelsMax),
  endpoints: z.array(z.enum(endpointNames)).min(1).optional(),
  weight: z.number().positive('must be more than 0').max(1_000).optional(),
  credentialsFile: z.string().min(1, 'must not be empty').optional(),
  usage: z.enum(['continuous', 'final', 'none']).optional(),
  forwardHeaders: z.array(headerName).max(32).optional(),
  refuseFields: z.array(fieldName).max(128).optional(),
  remoteMedia: z.boolean().optional(),
  singleTenant: z.boolean().optional(),
  requestsMax: z.int().positive('must be more than 0').max(poolRequestsMaxMax).optional(),
  drain: z.boolean().optional(),
});

/**
 * What a workers.yaml may say. Messages that begin with `must` are whole rules, and none holds a value of the file.
 * That ids are all different is `repeatedIds`.
 */
export const workersFileSchema = z.strictObject({ pools: z.array(poolSchema).max(poolsMax) });

/** A pool as the file says it, without defaults. */
export type PoolSettings = z.output<typeof poolSchema>;

/** Indexes of pools (of the raw value of a file, valid or not) whose id an earlier pool has, each with that one's index. */
export function repeatedIds(raw: unknown): readonly { readonly at: number; readonly first: number }[] {
  const pools = (raw as { pools?: unknown } | null)?.pools;
  if (!Array.isArray(pools)) return [];
  const ids = pools.map((pool: { id?: unknown } | null) => pool?.id);
  return ids.flatMap((id, at) => (id !== undefined && ids.indexOf(id) < at ? [{ at, first: ids.indexOf(id) }] : []));
}

function isWorkerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && hostname !== '' && `${username}${password}` === '' && !/[?#]/.test(text);
}
