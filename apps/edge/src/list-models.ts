import { TacetError } from '@tacet/errors';
import { findModel, usableModels } from './find-model.ts';
import { describeModel, type DescribeOptions } from './describe-model.ts';
import { sendJson } from './http/send-json.ts';
import type { AuthorizedHandler } from './serve-authorized.ts';

/** `GET /v1/models`: what this key may use, in the form of the API that its client speaks. */
export function createListModels(options: DescribeOptions): AuthorizedHandler {
  return ({ caller, response, dialect }) => {
    const { catalogue, workers } = options;
    const data = usableModels(caller, catalogue, workers).flatMap((modelId) => describeModel(modelId, dialect, options) ?? []);
    const page = { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    sendJson(response, dialect === 'anthropic' ? page : { object: 'list', data });
  };
}

/** `GET /v1/models/{id}`; ids may hold slashes. */
export function createShowModel(options: DescribeOptions): AuthorizedHandler {
  return ({ caller, response, dialect, rest }) => {
    const { catalogue, workers } = options;
    const modelId = decode(rest);
    findModel(modelId, caller, catalogue, workers);
    sendJson(response, describeModel(modelId, dialect, options));
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TacetError('bad_request', { message: 'The path is not valid.' });
  }
}
