import type { IncomingMessage } from 'node:http';
import { TacetError } from '@tacet/errors';
import {
  countMedia, findField, foldName, JsonError, readBoolean, readInteger, readSmallObject, readString, requireNonEmptyArray, requireUnambiguous,
  scanObject, type MediaParts, type ScannedObject,
} from '@tacet/inference';
import type { Price } from '@tacet/pricing';
import { readBody, type Body, type BodyLimits } from './http/read-body.ts';
import type { Caller } from './keys/caller.ts';
import type { Catalogue, CatalogueModel } from './money/catalogue.ts';
import { controlsEngine, isInterpreted } from './refused-fields.ts';
import type { Pool } from './workers/pool.ts';
import type { ModelRoute, WorkerSet } from './workers/worker-set.ts';

/** Longest model name, `stream_options` and list of models in an error. */
const modelBytesMax = 256;
const streamOptionsBytesMax = 1_024;
const modelsListedMax = 100;
/** Answers to one prompt, as with OpenAI. */
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

/** A chat completion as the router understands it. The rest of the body is the worker's business. */
export interface InferenceRequest {
  readonly caller: Caller;
  readonly prompt: Prompt;
  readonly model: CatalogueModel;
  readonly price: Price;
  /** What may serve it: pools that allow all that it holds. */
  readonly pools: readonly Pool[];
  readonly route: ModelRoute;
  readonly isStream: boolean;
  /** The client asked to see usage in its stream. */
  readonly showUsage: boolean;
  readonly choices: number;
  /** Output tokens per choice that the client allows, the smaller of its two fields; undefined where it says nothing. */
  readonly outputLimit: number | undefined;
  /** Upper bound of the prompt, in tokens. */
  readonly inputBound: number;
}

export interface ReadRequestOptions {
  readonly limits: BodyLimits;
  readonly catalogue: Catalogue;
  readonly workers: WorkerSet;
}

/** The second step: reads the body and the few fields that the router needs. Throws `TacetError` naming a field, never a value. */
export async function readRequest(request: IncomingMessage, caller: Caller, options: ReadRequestOptions, beforeReading?: () => void): Promise<InferenceRequest> {
  const { limits, catalogue, workers } = options;
  requireJson(request.headers['content-type']);
  const body = await readBody(request, limits, beforeReading);
  try {
    return understand(body, caller, catalogue, workers);
  } catch (error) {
    body.release();
    throw error instanceof JsonError ? fromJsonError(error) : error;
  }
}

function understand(body: Body, caller: Caller, catalogue: Catalogue, workers: WorkerSet): InferenceRequest {
  const object = scanObject(body.bytes);
  requireUnambiguous(object, isInterpreted);
  const modelId = readString(object, 'model', modelBytesMax);
  if (modelId === undefined) throw new TacetError('field_invalid', { param: 'model', message: '`model` is required.' });
  const { model, price, route } = findModel(modelId, caller, catalogue, workers);
  const { media, pools } = checkFields(object, model, route);
  const isStream = readBoolean(object, 'stream') ?? false;
  const showUsage = isStream && readSmallObject(object, 'stream_options', streamOptionsBytesMax)?.['include_usage'] === true;
  return {
    caller, prompt: new Prompt(body, object), model, price, pools, route, isStream, showUsage,
    choices: readInteger(object, 'n', 1, choicesMax) ?? 1,
    outputLimit: smaller(readInteger(object, 'max_tokens', 1, tokensMax), readInteger(object, 'max_completion_tokens', 1, tokensMax)),
    inputBound: inputBound(body.bytes.length, model, media),
  };
}

/** What the caller may use of a name. */
function findModel(modelId: string, caller: Caller, catalogue: Catalogue, workers: WorkerSet): { model: CatalogueModel; price: Price; route: ModelRoute } {
  const model = catalogue.models.get(modelId);
  const route = workers.routeOf(modelId);
  const refusal = (code: 'model_not_allowed' | 'model_unknown') => new TacetError(code, { param: 'model', metadata: { models: usableModels(caller, catalogue, workers) } });
  if (caller.models && !caller.models.has(modelId)) throw refusal('model_not_allowed');
  if (!route) throw refusal('model_unknown');
  if (!model?.price) throw new TacetError('model_not_priced', { param: 'model' });
  return { model, price: model.price, route };
}

/** Models that the caller may use, that are priced and that a pool serves. */
export function usableModels(caller: Caller, catalogue: Catalogue, workers: WorkerSet): string[] {
  const usable = [...catalogue.models.values()].filter(({ modelId, price }) => price && workers.routeOf(modelId) && (!caller.models || caller.models.has(modelId)));
  return usable.map(({ modelId }) => modelId).slice(0, modelsListedMax);
}

/** Refuses engine control, and what no pool of the model allows. */
function checkFields(object: ScannedObject, model: CatalogueModel, route: ModelRoute): { media: MediaParts; pools: readonly Pool[] } {
  requireNonEmptyArray(object, 'messages');
  for (const { name } of object.fields) if (controlsEngine(name)) throw new TacetError('field_not_allowed', { param: name });
  const messages = findField(object, 'messages');
  const media = messages ? countMedia(object, messages) : { count: 0, bytes: 0, remote: false };
  if (media.count > 0 && model.mediaTokensMax === 0) throw new TacetError('unsupported_parameter', { param: 'messages', message: 'The model takes text only.' });
  const { pools } = route;
  const refused = ({ refusedFields }: Pool) => (refusedFields.size > 0 ? object.fields.find(({ name }) => refusedFields.has(foldName(name)))?.name : undefined);
  const taking = pools.filter((pool) => refused(pool) === undefined);
  const [first] = pools;
  if (taking.length === 0 && first) throw new TacetError('field_not_allowed', { param: refused(first) });
  const fetching = media.remote ? taking.filter(({ remoteMedia }) => remoteMedia) : taking;
  if (fetching.length === 0) throw new TacetError('field_invalid', { param: 'messages', message: 'Media must be sent inline, as data; addresses and ids are not fetched.' });
  return { media, pools: fetching };
}

/** Each token is at least a byte of text; media count by the piece, their bytes not at all. */
function inputBound(bodyBytes: number, model: CatalogueModel, media: MediaParts): number {
  const bound = bodyBytes - media.bytes + media.count * model.mediaTokensMax + model.overheadTokens;
  return Math.min(bound, model.contextTokens);
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function requireJson(contentType: string | undefined): void {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'))) return;
  throw new TacetError('encoding_unsupported', { param: 'content-type' });
}

function fromJsonError({ reason, message, field }: JsonError): TacetError {
  switch (reason) {
    case 'ambiguous_field':
      return new TacetError('ambiguous_field', { param: field });
    case 'field_invalid':
      return new TacetError('field_invalid', { param: field, message: `${message}.` });
    default:
      return new TacetError('invalid_json', { message: `The body is not valid: ${message}.` });
  }
}
