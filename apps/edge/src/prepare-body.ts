import { createHmac } from 'node:crypto';
import { editAsPieces, editAsText, findField, type FieldValue } from '@tacet/inference';
import { LRUCache } from 'lru-cache';
import type { AdmittedRequest } from './admit.ts';
import { spokenAs, type Endpoint } from './endpoints.ts';
import { BodyShare, type BodyBudget } from './http/body-budget.ts';
import type { Caller } from './keys/caller.ts';
import type { InferenceRequest, Prompt } from './read-request.ts';
import { identifiesPerson } from './refused-fields.ts';
import { translateBody } from './translate-body.ts';
import type { Pool } from './workers/pool.ts';

/** Bodies up to this size are made as one string, which goes out with the head in one write; beyond it nothing is copied. */
const textBytesMax = 16_384;
/** Accounts whose salt is remembered. */
const saltsMax = 50_000;

/** A body as it goes to a worker. */
export interface WorkerBody {
  /** Where it goes to. */
  readonly path: string;
  /** One string of latin1 where it is small: a character for each byte. */
  readonly body: string | Buffer[];
  readonly bytes: number;
  /** It need not be sent again: nothing of it is kept, and what it took of the budget goes back. */
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

  /** The salt of a caller's account, as JSON. */
  of({ account, accountId }: Caller): string {
    const known = this.#salts.get(account);
    if (known) return known;
    const salt = `"${createHmac('sha256', this.#secret).update('tacet cache salt\0').update(accountId).digest('base64url')}"`;
    this.#salts.set(account, salt);
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
  const edits = { remove: endpoint.asksForUsage ? isDroppedFromCompletions : identifiesPerson, set };
  return prompt.bytes <= textBytesMax ? textBody(path, editAsText(prompt.object, edits)) : pieceBody(path, editAsPieces(prompt.object, edits));
}

function isDroppedFromCompletions(name: string): boolean {
  return name === 'stream_options' || identifiesPerson(name);
}

function textBody(path: string, body: string): WorkerBody {
  return { path, body, bytes: body.length, forget: forgetNothing };
}

function forgetNothing(): void {
  // A string this small may wait for the end of the answer.
}

function pieceBody(path: string, pieces: Buffer[]): WorkerBody {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  return { path, body: pieces, bytes, forget: () => void (pieces.length = 0) };
}

function translated(path: string, prompt: Prompt, set: readonly FieldValue[], { kind }: Pool, budget: BodyBudget): WorkerBody {
  const share = new BodyShare(budget);
  try {
    // Its length is known when it is there, which is too late: it will be about as long as what it is made of.
    share.take(prompt.bytes);
    const body = translateBody(prompt.object, set, kind);
    share.take(Math.max(0, body.length - prompt.bytes));
    const whole = body.length <= textBytesMax ? textBody(path, body.toString('latin1')) : pieceBody(path, [body]);
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

function fieldsFor({ request, outputPerChoice }: AdmittedRequest, spoken: Endpoint, pool: Pool, salts: CacheSalts): FieldValue[] {
  const fields: FieldValue[] = [];
  const { caller, isStream } = request;
  if (isStream && spoken.asksForUsage && pool.usage !== 'none') fields.push(pool.usage === 'continuous' ? continuousUsage : finalUsage);
  setLimit(fields, request, outputPerChoice, pool);
  if (spoken.name === 'responses') fields.push({ name: 'store', json: 'false' });
  if (pool.kind.isolation === 'cache_salt') fields.push({ name: 'cache_salt', json: salts.of(caller) });
  if (pool.kind.isolation === 'cache_prompt' && !pool.singleTenant) fields.push({ name: 'cache_prompt', json: 'false' });
  if (pool.kindName === 'litellm' && caller.noLog) fields.push({ name: 'no-log', json: 'true' });
  return fields;
}

const continuousUsage: FieldValue = { name: 'stream_options', json: '{"include_usage":true,"continuous_usage_stats":true}' };
const finalUsage: FieldValue = { name: 'stream_options', json: '{"include_usage":true}' };

/**
 * A whole answer is paid for in advance, so its limit is always told. Of a stream the limit stays as asked;
 * where the client gave two fields, the smaller one is what both say.
 */
function setLimit(fields: FieldValue[], request: InferenceRequest, outputPerChoice: number | undefined, pool: Pool): void {
  const { endpoint: { name, limits }, prompt: { object } } = request;
  const [first] = limits;
  if (first === undefined) return;
  let present = 0;
  for (const limit of limits) if (findField(object, limit)) present++;
  const limit = outputPerChoice ?? (present > 1 ? request.outputLimit : undefined);
  if (limit === undefined) return;
  const json = String(limit);
  if (present === 0) fields.push({ name: name === 'chat_completions' ? pool.kind.limitField : first, json });
  else for (const field of limits) if (findField(object, field)) fields.push({ name: field, json });
}
