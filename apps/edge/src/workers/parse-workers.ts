import { parse } from 'yaml';
import { z } from 'zod';
import { endpoints, type EndpointName } from '../endpoints.ts';
import type { Pool } from './pool.ts';
import { workerKinds, type WorkerKind, type WorkerKindName } from './worker-kind.ts';

/** Pools of one file, and models of one pool. */
const poolsMax = 256;
const modelsMax = 1_024;
/** The largest `requestsMax` of a pool. */
const requestsMaxMax = 65_536;

const kindNames = Object.keys(workerKinds) as [WorkerKindName, ...WorkerKindName[]];
const endpointNames = Object.keys(endpoints) as [EndpointName, ...EndpointName[]];
const headerName = z.string().regex(/^[a-z0-9-]{1,64}$/);
const fieldName = z.string().min(1).max(128);

const poolShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
  url: z.url({ protocol: /^https?$/ }),
  kind: z.enum(kindNames),
  models: z.array(z.string().min(1).max(256)).min(1).max(modelsMax),
  endpoints: z.array(z.enum(endpointNames)).min(1).optional(),
  weight: z.number().positive().max(1_000).default(1),
  credentialsFile: z.string().min(1).optional(),
  usage: z.enum(['continuous', 'final', 'none']).optional(),
  forwardHeaders: z.array(headerName).max(32).default([]),
  refuseFields: z.array(fieldName).max(128).default([]),
  remoteMedia: z.boolean().default(false),
  singleTenant: z.boolean().default(false),
  requestsMax: z.int().positive().max(requestsMaxMax).optional(),
  drain: z.boolean().default(false),
});

const fileShape = z.strictObject({ pools: z.array(poolShape).max(poolsMax) });

/** Headers that would carry the client's identity, or break the connection, whatever the file says. */
const neverForwarded: ReadonlySet<string> = new Set([
  'authorization', 'x-api-key', 'cookie', 'host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect',
  'content-length', 'content-encoding', 'proxy-authorization', 'proxy-connection', 'forwarded', 'x-forwarded-for', 'x-real-ip',
]);

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
  const parsed = fileShape.safeParse(value ?? {});
  if (!parsed.success) throw new WorkersFileError(parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'file'}: ${code}`));
  const problems: string[] = [];
  const ids = new Set<string>();
  const pools = parsed.data.pools.map((pool, i) => {
    if (ids.has(pool.id)) problems.push(`pools.${i}.id: occurs twice`);
    ids.add(pool.id);
    if (pool.forwardHeaders.some((name) => neverForwarded.has(name))) problems.push(`pools.${i}.forwardHeaders: a name that is never forwarded`);
    if (pool.url.includes('?') || pool.url.includes('#') || new URL(pool.url).username) problems.push(`pools.${i}.url: only scheme, host, port and path`);
    return toPool(pool, readCredentials);
  });
  if (problems.length > 0) throw new WorkersFileError(problems);
  return pools;
}

function toPool(given: z.output<typeof poolShape>, readCredentials: (file: string) => string): Pool {
  const kind: WorkerKind = workerKinds[given.kind];
  const url = new URL(given.url);
  return {
    id: given.id,
    kindName: given.kind,
    kind,
    url,
    basePath: url.pathname.replace(/\/+$/, '').replace(/\/v1$/, ''),
    models: given.models,
    endpoints: given.endpoints ?? kind.endpoints,
    weight: given.weight,
    credentials: given.credentialsFile === undefined ? undefined : readCredentials(given.credentialsFile),
    usage: given.usage ?? kind.usage,
    forwardHeaders: given.forwardHeaders,
    refusedFields: new Set([...kind.refuse, ...given.refuseFields].map((name) => name.toLowerCase())),
    remoteMedia: given.remoteMedia,
    singleTenant: given.singleTenant,
    requestsMax: given.requestsMax,
    drain: given.drain,
  };
}
