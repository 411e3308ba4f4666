import { answerId } from './answer-context.ts';
import { readModel, type Refusal, type RequestBody } from './read-body.ts';
import { readTexts, type Prompt } from './read-prompt.ts';
import { fold, scatter } from './vocabulary.ts';
import type { Settings } from './options.ts';

/** A request for vectors. */
export interface EmbedRequest {
  readonly model: string;
  readonly prompt: Prompt;
  readonly base64: boolean;
  readonly dimensions: number;
}

const dimensionsDefault = 64;
const dimensionsMax = 4_096;

/** Reads the body of `/v1/embeddings`. */
export function readEmbedRequest({ fields }: RequestBody, settings: Settings): EmbedRequest | Refusal {
  const model = readModel(fields, settings);
  if (typeof model !== 'string') return model;
  const prompt = readTexts(fields['input'], fold(settings.seed, model));
  if (prompt === undefined) return { status: 400, message: 'Field required', param: 'input' };
  if (prompt.tokens > settings.contextTokens) return { status: 400, message: `This model's maximum context length is ${settings.contextTokens} tokens.`, param: 'input' };
  const dimensions = fields['dimensions'] ?? dimensionsDefault;
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > dimensionsMax) return { status: 400, message: `dimensions must be from 1 to ${dimensionsMax}`, param: 'dimensions' };
  return { model, prompt, base64: fields['encoding_format'] === 'base64', dimensions };
}

/** The answer: unit vectors that follow from seed, model and input, and say nothing about meaning. */
export function writeEmbeddings(request: EmbedRequest, settings: Settings, ordinal: number, promptTokens: number): string {
  const data: string[] = [];
  for (let index = 0; index < request.prompt.count; index++) {
    const vector = vectorOf(scatter(request.prompt.hash, index), request.dimensions);
    const embedding = request.base64 ? `"${Buffer.from(vector.buffer).toString('base64')}"` : `[${vector.join(',')}]`;
    data.push(`{"index":${index},"object":"embedding","embedding":${embedding}}`);
  }
  const head = `{"id":"embd-${answerId(settings.seed, ordinal)}","object":"list","created":${Math.floor(Date.now() / 1_000)},"model":${JSON.stringify(request.model)}`;
  return `${head},"data":[${data.join(',')}],"usage":{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens},"completion_tokens":0,"prompt_tokens_details":null}}`;
}

function vectorOf(seed: number, dimensions: number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, (_, at) => scatter(seed, at) / 2 ** 31 - 1);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

