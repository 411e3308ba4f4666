import { TacetError } from '@tacet/errors';
import { countTexts, JsonError, readBoolean, readInteger, readSmallObject, readString, requireUnambiguous, scanObject, type ScannedObject } from '@tacet/inference';
import type { Price } from '@tacet/pricing';
import { boundInput } from './bound-input.ts';
import { checkBody } from './check-body.ts';
import type { Endpoint } from './endpoints.ts';
import { findModel } from './find-model.ts';
import { fromJsonError } from './from-json-error.ts';
import { readBody, type Body, type BodyLimits } from './http/read-body.ts';
import type { ClientRequest } from './http/plain-request.ts';
import type { Caller } from './keys/caller.ts';
import type { Catalogue, CatalogueModel } from './money/catalogue.ts';
import { isInterpreted } from './refused-fields.ts';
import type { Pool } from './workers/pool.ts';
import type { ModelRoute, WorkerSet } from './workers/worker-set.ts';

/** Longest model name and `stream_options`. */
const modelBytesMax = 256;
const streamOptionsBytesMax = 1_024;
/** Answers to one prompt, as with OpenAI; prompts of a batch count each. */
const choicesMax = 128;
const tokensMax = 0xffff_ffff;

/** The body of a request, in memory for as long as a worker may have to be sent it. */
export class Prompt {
  /** As the client sent it (decompressed). */
  readonly bytes: number;
  #body: Body;
  #object: ScannedObject | undefined;

  constructor(body: Body, object: ScannedObject) {
    this.bytes = body.bytes.length;
    this.#body = body;
    this.#object = object;
  }

  get object(): ScannedObject {
    if (!this.#object) throw new Error('the prompt was forgotten already');
    return this.#object;
  }

  /** Nothing of it is kept, and its bytes go back to the budget. */
  forget(): void {
    if (!this.#object) return;
    this.#object = undefined;
    this.#body.release();
    this.#body = nothing;
  }
}

const nothing: Body = { bytes: Buffer.alloc(0), release: () => undefined };

/** A request to a model as the router understands it. The rest of the body is the worker's business. */
export interface InferenceRequest {
  readonly endpoint: Endpoint;
  readonly caller: Caller;
  readonly prompt: Prompt;
  readonly model: CatalogueModel;
  readonly price: Price;
  /** What may serve it: pools that speak the endpoint and allow all that the body holds. */
  readonly pools: readonly Pool[];
  readonly route: ModelRoute;
  readonly isStream: boolean;
  /** The client asked to see usage in its stream. */
  readonly showUsage: boolean;
  readonly choices: number;
  /** Output tokens per choice that the client allows, the smallest of its fields; undefined where it says nothing, 0 where none is generated. */
  readonly outputLimit: number | undefined;
  /** Upper bound of the prompt, in tokens. */
  readonly inputBound: number;
  /** More prompt than this cannot have been read: a worker that says so is not believed. */
  readonly inputMax: number;
}

export interface ReadRequestOptions {
  readonly limits: BodyLimits;
  readonly catalogue: Catalogue;
  readonly workers: WorkerSet;
}

/**
 * The second step: reads the body and the few fields that the router needs; at once where the body is there. Throws or rejects
 * with `TacetError`, which names a field, never a value.
 */
export function readRequest(request: ClientRequest, endpoint: Endpoint, caller: Caller, options: ReadRequestOptions, beforeReading?: () => void): InferenceRequest | Promise<InferenceRequest> {
  requireJson(request.headers['content-type']);
  const body = readBody(request, options.limits, beforeReading);
  return body instanceof Promise ? body.then((whole) => readFields(whole, endpoint, caller, options)) : readFields(body, endpoint, caller, options);
}

function readFields(body: Body, endpoint: Endpoint, caller: Caller, options: ReadRequestOptions): InferenceRequest {
  try {
    return understand(body, endpoint, caller, options);
  } catch (error) {
    body.release();
    throw error instanceof JsonError ? fromJsonError(error) : error;
  }
}

function understand(body: Body, endpoint: Endpoint, caller: Caller, { catalogue, workers }: ReadRequestOptions): InferenceRequest {
  const object = scanObject(body.bytes);
  requireUnambiguous(object, isInterpreted);
  const modelId = readString(object, 'model', modelBytesMax);
  if (modelId === undefined) throw new TacetError('field_invalid', { param: 'model', message: '`model` is required.' });
  const { model, price, route } = findModel(modelId, caller, catalogue, workers);
  const { media, pools } = checkBody(object, endpoint, model, route);
  const isStream = endpoint.stream !== undefined && (readBoolean(object, 'stream') ?? false);
  const showUsage = isStream && endpoint.asksForUsage && readSmallObject(object, 'stream_options', streamOptionsBytesMax)?.['include_usage'] === true;
  const bound = boundInput(object, endpoint, model, media);
  return {
    endpoint, caller, prompt: new Prompt(body, object), model, price, pools, route, isStream, showUsage,
    choices: choicesOf(object, endpoint),
    outputLimit: outputLimitOf(object, endpoint),
    inputBound: bound.reserved,
    inputMax: bound.believable,
  };
}

/** Answers that are generated: to each prompt of a batch, as many as the largest of the fields says. */
function choicesOf(object: ScannedObject, { choices, texts, limits }: Endpoint): number {
  let each = 1;
  for (const name of choices) each = Math.max(each, readInteger(object, name, 1, choicesMax) ?? 1);
  const prompts = limits.length > 0 ? texts[0] : undefined;
  const total = prompts === undefined ? each : each * countTexts(object, prompts);
  if (total < 1 || total > choicesMax) throw new TacetError('field_invalid', { param: prompts, message: `\`${String(prompts)}\` must hold from 1 to ${choicesMax} prompts, times the answers to each.` });
  return total;
}

function outputLimitOf(object: ScannedObject, { limits }: Endpoint): number | undefined {
  if (limits.length === 0) return 0;
  let smallest: number | undefined;
  for (const name of limits) {
    const limit = readInteger(object, name, 1, tokensMax);
    if (limit !== undefined && (smallest === undefined || limit < smallest)) smallest = limit;
  }
  return smallest;
}

function requireJson(contentType: string | undefined): void {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'))) return;
  throw new TacetError('encoding_unsupported', { param: 'content-type' });
}
