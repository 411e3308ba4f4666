import { repeatedIds, workersFileSchema, type PoolSettings } from '@tacet/workers-file';
import { parse } from 'yaml';
import type { Pool } from './pool.ts';
import { workerKinds, type WorkerKind } from './worker-kind.ts';

/** Why a workers.yaml is not taken: places and rules, no values. */
export class WorkersFileError extends Error {
  override readonly name = 'WorkersFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the workers file is wrong: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Reads the text of a workers.yaml. `readCredentials` reads a credentials file. Throws `WorkersFileError`. */
export function parseWorkers(text: string, readCredentials: (file: string) => string): Pool[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's message quotes the line.
    throw new WorkersFileError(['it is not YAML']);
  }
  const raw = value ?? {};
  const { success, data, error } = workersFileSchema.safeParse(raw);
  const problems = [
    ...(error?.issues ?? []).map(({ path, code, message }) => `${path.join('.') || 'file'}: ${message.startsWith('must ') ? message : code}`),
    ...repeatedIds(raw).map(({ at }) => `pools.${at}.id: occurs twice`),
  ];
  if (!success || problems.length > 0) throw new WorkersFileError(problems);
  return data.pools.map((pool) => toPool(pool, readCredentials));
}

function toPool(given: PoolSettings, readCredentials: (file: string) => string): Pool {
  const kind: WorkerKind = workerKinds[given.kind];
  const url = new URL(given.url);
  return {
    id: given.id,
    kindName: given.kind,
    kind,
    url,
    basePath: url.pathname.replace(/\/+$/, '').replace(/\/v1$/, ''),
    models: given.models,
    endpoints: given.endpoints ?? endpointsOf(kind, given.singleTenant ?? false),
    weight: given.weight ?? 1,
    credentials: given.credentialsFile === undefined ? undefined : readCredentials(given.credentialsFile),
    usage: given.usage ?? kind.usage,
    forwardHeaders: given.forwardHeaders ?? [],
    refusedFields: new Set([...kind.refuse, ...(given.refuseFields ?? [])].map((name) => name.toLowerCase())),
    remoteMedia: given.remoteMedia ?? false,
    singleTenant: given.singleTenant ?? false,
    requestsMax: given.requestsMax,
    drain: given.drain ?? false,
  };
}

/**
 * What workers of a kind are asked for unless the file says it. Engines lose on the way from messages to their own chat
 * completions what keeps tenants apart (vLLM the salt, llama.cpp `cache_prompt`): so messages go as chat completions.
 */
function endpointsOf({ endpoints, isolation }: WorkerKind, singleTenant: boolean): WorkerKind['endpoints'] {
  return singleTenant || isolation === 'none' ? endpoints : endpoints.filter((name) => name !== 'messages');
}
