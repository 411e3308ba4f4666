import { createHmac } from 'node:crypto';
import { editObject } from '@tacet/inference';
import { LRUCache } from 'lru-cache';
import type { AdmittedRequest } from './admit.ts';
import { spokenAs, type Endpoint } from './endpoints.ts';
import { BodyShare, type BodyBudget } from './http/body-budget.ts';
import type { InferenceRequest, Prompt } from './read-request.ts';
import { identifiesPerson } from './refused-fields.ts';
import { translateBody } from './translate-body.ts';
import type { Pool } from './workers/pool.ts';

/** Up to this size the pieces of a body are put together; beyond it they are sent as they are, without a copy. */
const joinedBytesMax = 16_384;
/** Accounts whose salt is remembered. */
const saltsMax = 50_000;

/** A body as it goes to a worker. */
export interface WorkerBody {
  /** Where it goes to. */
  readonly path: string;
  readonly body: Buffer | Buffer[];
  readonly bytes: number;
  /** It is sent and need not be sent again: the HTTP client would keep a large one until the answer ends. */
  forget(): void;
}

/**
 * Salts of prompt caches: one per account, the same at every edge, known to nobody else. `secret`: of the
 * deployment.
 */
export class CacheSalts {
  readonly #secret: Buffer;
  readonly #salts = new LRUCache<string, string>({ max: saltsMax });

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  of(accountId: Buffer): string {
    const name = accountId.toString('latin1');
    const known = this.#salts.get(name);
    if (known) return known;
    const salt = createHmac('sha256', this.#secret).update('tacet cache salt\0').update(accountId).digest('base64url');
    this.#salts.set(name, salt);
    return salt;
  }
}

/**
 * The client's body with what this pool needs set and what it must not see removed; everything else byte for byte. One
 * that is said in other terms is a second body in memory: it counts against `budget`, and throws `overloaded` beyond it.
 */
export function prepareBody(admitted: AdmittedRequest, pool: Pool, salts: CacheSalts, budget: BodyBudget): WorkerBody {
  const { endpoint, prompt } = admitted.request;
  const spoken = spokenAs(endpoint, pool.endpoints);
  const set = fieldsFor(admitted, spoken, pool, salts);
  const { path } = spoken;
  if (spoken !== endpoint) return translated(path, prompt, set, pool, budget);
  const pieces = editObject(prompt.object, { remove: (name) => identifiesPerson(name) || (endpoint.asksForUsage && name === 'stream_options'), set });
  return joined(path, pieces);
}

function joined(path: string, pieces: Buffer[]): WorkerBody {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (bytes <= joinedBytesMax) return { path, body: Buffer.concat(pieces, bytes), bytes, forget: () => undefined };
  return { path, body: pieces, bytes, forget: () => void (pieces.length = 0) };
}

function translated(path: string, prompt: Prompt, set: ReadonlyMap<string, string>, { kind }: Pool, budget: BodyBudget): WorkerBody {
  const share = new BodyShare(budget);
  try {
    // Its length is known when it is there, which is too late: it will be about as long as what it is made of.
    share.take(prompt.bytes);
    const body = translateBody(prompt.object, set, kind);
    share.take(Math.max(0, body.length - prompt.bytes));
    const whole = joined(path, [body]);
    const forget = () => {
      whole.forget();
      share.release();
    };
    return { ...whole, forget };
  } catch (error) {
    share.release();
    throw error;
  }
}

/** JSON texts by field. */
function fieldsFor({ request, outputPerChoice }: AdmittedRequest, spoken: Endpoint, pool: Pool, salts: CacheSalts): Map<string, string> {
  const fields = new Map<string, string>();
  const { caller, isStream } = request;
  if (isStream && spoken.asksForUsage && pool.usage !== 'none') {
    fields.set('stream_options', pool.usage === 'continuous' ? '{"include_usage":true,"continuous_usage_stats":true}' : '{"include_usage":true}');
  }
  setLimit(fields, request, outputPerChoice, pool);
  if (spoken.name === 'responses') fields.set('store', 'false');
  if (pool.kind.isolation === 'cache_salt') fields.set('cache_salt', JSON.stringify(salts.of(caller.accountId)));
  if (pool.kind.isolation === 'cache_prompt' && !pool.singleTenant) fields.set('cache_prompt', 'false');
  if (pool.kindName === 'litellm' && caller.noLog) fields.set('no-log', 'true');
  return fields;
}

/**
 * A whole answer is paid for in advance, so its limit is always told. Of a stream the limit stays as asked;
 * where the client gave two fields, the smaller one is what both say.
 */
function setLimit(fields: Map<string, string>, request: InferenceRequest, outputPerChoice: number | undefined, pool: Pool): void {
  const { endpoint: { name, limits }, prompt: { object } } = request;
  if (limits.length === 0) return;
  const present = limits.filter((limit) => object.fields.some((field) => field.name === limit));
  const limit = outputPerChoice ?? (present.length > 1 ? request.outputLimit : undefined);
  if (limit === undefined) return;
  const [first = ''] = limits;
  const absent = name === 'chat_completions' ? pool.kind.limitField : first;
  for (const field of present.length > 0 ? present : [absent]) fields.set(field, String(limit));
}
