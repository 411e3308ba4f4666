import type { DemoBehaviour } from './behaviour.ts';
import { choicesMax } from './limits.ts';
import type { Settings } from './options.ts';
import { isRefusal, readModel, type Refusal, type RequestBody } from './read-body.ts';
import { readMessages, readTexts, type Prompt } from './read-prompt.ts';
import { fold } from './vocabulary.ts';

/** The routes that answer with tokens: chat completions, completions, Anthropic's messages, OpenAI's responses. */
export type GenerateRoute = 'chat' | 'text' | 'messages' | 'responses';

/** A request for an answer, as far as the simulator reads it. */
export interface GenerateRequest {
  readonly route: GenerateRoute;
  readonly model: string;
  readonly stream: boolean;
  /** `n`, times the prompts. */
  readonly choices: number;
  /** Most tokens of a choice. */
  readonly limit: number;
  /** Never ends by itself (vLLM's `ignore_eos`). */
  readonly ignoreEnd: boolean;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Seed of the token stream. */
  readonly hash: number;
  readonly lastText: string;
  /** The first tool's name, when the behaviour asks for a call. */
  readonly toolName: string | undefined;
  readonly behaviour: DemoBehaviour;
}

type Fields = RequestBody['fields'];

/** Reads a request of any of the routes. */
export function readGenerateRequest(route: GenerateRoute, { fields, behaviour }: RequestBody, settings: Settings): GenerateRequest | Refusal {
  const model = readModel(fields, settings);
  if (typeof model !== 'string') return model;
  const seed = fold(settings.seed, model) ^ (typeof fields['seed'] === 'number' ? fields['seed'] : 0);
  const prompt = readPrompt(route, fields, seed);
  if (prompt === undefined) return { status: 400, message: 'Field required', param: promptFields[route] };
  const n = (route === 'chat' || route === 'text' ? fields['n'] : undefined) ?? 1;
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n * prompt.count > choicesMax) return { status: 400, message: `n must be from 1 to ${choicesMax}`, param: 'n' };
  const limits = readLimits(route, fields, prompt, behaviour, settings);
  if (isRefusal(limits)) return limits;
  const stream = fields['stream'] === true;
  return {
    route,
    model,
    stream,
    choices: n * prompt.count,
    limit: limits.limit,
    ignoreEnd: fields['ignore_eos'] === true,
    ...readUsageOptions(route, fields, stream, settings),
    promptTokens: limits.promptTokens,
    cachedTokens: Math.min(behaviour.cached ?? 0, limits.promptTokens),
    hash: prompt.hash,
    lastText: prompt.lastText,
    toolName: behaviour.tool ? firstToolName(fields['tools']) : undefined,
    behaviour,
  };
}

const promptFields: Record<GenerateRoute, string> = { chat: 'messages', text: 'prompt', messages: 'messages', responses: 'input' };

/** The prompt of a route; undefined when it is missing or malformed. */
export function readPrompt(route: GenerateRoute, fields: Fields, seed: number): Prompt | undefined {
  switch (route) {
    case 'chat':
      return readMessages(fields['messages'], fields['tools'], seed);
    case 'text':
      return readTexts(fields['prompt'], seed);
    case 'messages':
      return readMessages(fields['messages'], fields['tools'], seed, fields['system']);
    case 'responses':
      break;
  }
  const { input } = fields;
  return readMessages(typeof input === 'string' ? [{ content: input }] : input, fields['tools'], seed, fields['instructions']);
}

/** Messages and responses always tell usage; the others when they are asked to. */
function readUsageOptions(route: GenerateRoute, fields: Fields, stream: boolean, { engine }: Settings): Pick<GenerateRequest, 'includeUsage' | 'continuousUsage'> {
  if (route === 'messages' || route === 'responses') return { includeUsage: true, continuousUsage: false };
  const options = (fields['stream_options'] ?? {}) as { include_usage?: unknown; continuous_usage_stats?: unknown };
  const includeUsage = stream && options.include_usage === true;
  return { includeUsage, continuousUsage: includeUsage && options.continuous_usage_stats === true && (engine === 'vllm' || engine === 'sglang') };
}

const limitFields: Record<GenerateRoute, readonly string[]> = {
  chat: ['max_tokens', 'max_completion_tokens'],
  text: ['max_tokens', 'max_completion_tokens'],
  messages: ['max_tokens'],
  responses: ['max_output_tokens'],
};

function readLimits(route: GenerateRoute, fields: Fields, prompt: Prompt, behaviour: DemoBehaviour, settings: Settings): { promptTokens: number; limit: number } | Refusal {
  const promptTokens = behaviour.promptTokens ?? prompt.tokens;
  const room = settings.contextTokens - promptTokens;
  let limit = Number.POSITIVE_INFINITY;
  for (const param of limitFields[route]) {
    const value = fields[param];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return { status: 400, message: `${param} must be at least 1`, param };
    limit = Math.min(limit, value);
  }
  if (route === 'messages' && !Number.isFinite(limit)) return { status: 400, message: 'Field required', param: 'max_tokens' };
  const wanted = Number.isFinite(limit) ? limit : 1;
  if (wanted > room) {
    const message = `This model's maximum context length is ${settings.contextTokens} tokens. However, you requested ${promptTokens + wanted} tokens (${promptTokens} in the messages, ${wanted} in the completion).`;
    return { status: 400, message, param: 'max_tokens' };
  }
  return { promptTokens, limit: Math.min(limit, room) };
}

/** Tools of chat have a `function`; those of the other two have their name outside. */
function firstToolName(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  const tool = tools[0] as { name?: unknown; function?: { name?: unknown } } | undefined;
  const name = tool?.function?.name ?? tool?.name;
  return typeof name === 'string' ? name : undefined;
}
