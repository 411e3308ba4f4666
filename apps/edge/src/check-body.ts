import { TacetError } from '@tacet/errors';
import {
  countMedia, countMediaParts, findField, findRemoteTool, findUntextual, findValue, foldName, readBoolean, requireNonEmptyArray, type MediaParts, type ScannedObject,
} from '@tacet/inference';
import { isServedBy, type Endpoint } from './endpoints.ts';
import type { CatalogueModel } from './money/catalogue.ts';
import { controlsEngine } from './refused-fields.ts';
import type { ModelRoute } from './workers/worker-set.ts';
import type { Pool } from './workers/pool.ts';

/** What a checked body asks of workers. */
export interface CheckedBody {
  readonly media: MediaParts;
  /** Pools that speak the endpoint and allow all that the body holds; at least one. */
  readonly pools: readonly Pool[];
}

/** Holds a body to the rules of its endpoint, and finds the pools that may serve it. Throws `TacetError` and `JsonError`. */
export function checkBody(object: ScannedObject, endpoint: Endpoint, model: CatalogueModel, route: ModelRoute): CheckedBody {
  requirePrompt(object, endpoint);
  for (const { name } of object.fields) if (controlsEngine(name)) throw new TacetError('field_not_allowed', { param: name });
  if (endpoint.limits.length === 0) requireTextOnly(object, endpoint);
  if (endpoint.name === 'responses') refuseState(object);
  if (endpoint.name !== 'chat_completions') refuseRemoteTools(object);
  const media = mediaOf(object, endpoint);
  if (media.count > 0 && model.mediaTokensMax === 0) throw new TacetError('unsupported_parameter', { param: endpoint.prompt?.field, message: 'The model takes text only.' });
  return { media, pools: poolsFor(object, endpoint, media, route) };
}

function requirePrompt(object: ScannedObject, { prompt, name }: Endpoint): void {
  if (prompt?.isList) requireNonEmptyArray(object, prompt.field);
  else if (prompt && findValue(object, prompt.field) === undefined) throw required(prompt.field);
  if (name === 'messages' && findValue(object, 'max_tokens') === undefined) throw required('max_tokens');
}

function required(param: string): TacetError {
  return new TacetError('field_invalid', { param, message: `\`${param}\` is required.` });
}

/** Where nothing is generated there is no stream, and texts are all that is read. */
function requireTextOnly(object: ScannedObject, { texts }: Endpoint): void {
  if (readBoolean(object, 'stream')) throw new TacetError('unsupported_parameter', { param: 'stream', message: 'This endpoint does not stream.' });
  const param = texts.length === 0 ? undefined : findUntextual(object, texts);
  if (param !== undefined) throw new TacetError('unsupported_parameter', { param, message: 'This endpoint takes texts alone.' });
}

/** Responses are not stored, so nothing can refer to one, and none can be made while nobody listens. */
function refuseState(object: ScannedObject): void {
  for (const param of ['previous_response_id', 'conversation', 'prompt']) {
    if (findValue(object, param)) throw new TacetError('unsupported_parameter', { param, message: 'Nothing is stored here: send the whole input with each request.' });
  }
  if (readBoolean(object, 'background')) throw new TacetError('unsupported_parameter', { param: 'background', message: 'Nothing is stored here: an answer goes to the request that asked.' });
}

/** Tools that are servers elsewhere would make the worker connect to an address of the client's choice. */
function refuseRemoteTools(object: ScannedObject): void {
  const param = ['tools', 'mcp_servers'].find((name) => findRemoteTool(object, name));
  if (param !== undefined) throw new TacetError('unsupported_parameter', { param, message: 'Tools on other servers are not called from here.' });
}

function mediaOf(object: ScannedObject, { messages }: Endpoint): MediaParts {
  let all = noMedia;
  if (messages.length === 0) return all;
  for (const name of messages) {
    const field = findField(object, name);
    if (field) all = plus(all, countMedia(object, field));
  }
  const system = findField(object, 'system');
  return system ? plus(all, countMediaParts(object, system)) : all;
}

const noMedia: MediaParts = { count: 0, bytes: 0, remote: false };

function plus(some: MediaParts, more: MediaParts): MediaParts {
  if (more.count === 0) return some;
  return { count: some.count + more.count, bytes: some.bytes + more.bytes, remote: some.remote || more.remote };
}

function poolsFor(object: ScannedObject, endpoint: Endpoint, media: MediaParts, { pools }: ModelRoute): readonly Pool[] {
  const speaking = those(pools, (pool) => isServedBy(endpoint, pool.endpoints));
  const [first] = speaking;
  if (first === undefined) throw new TacetError('route_unsupported_by_model', { param: 'model' });
  const taking = those(speaking, (pool) => refusedBy(pool, object) === undefined);
  if (taking.length === 0) throw new TacetError('field_not_allowed', { param: refusedBy(first, object) });
  const fetching = media.remote ? those(taking, ({ remoteMedia }) => remoteMedia) : taking;
  if (fetching.length === 0) throw new TacetError('field_invalid', { param: endpoint.prompt?.field, message: 'Media must be sent inline, as data; addresses and ids are not fetched.' });
  return fetching;
}

/** Mostly all of them, and then no other list is made. */
function those(pools: readonly Pool[], isOne: (pool: Pool) => boolean): readonly Pool[] {
  for (const pool of pools) if (!isOne(pool)) return pools.filter((other) => isOne(other));
  return pools;
}

/** The first field that a pool refuses, in whatever spelling. */
function refusedBy({ refusedFields }: Pool, { fields }: ScannedObject): string | undefined {
  if (refusedFields.size === 0) return undefined;
  for (const { name, isUsual } of fields) if (refusedFields.has(isUsual ? name : foldName(name))) return name;
  return undefined;
}
