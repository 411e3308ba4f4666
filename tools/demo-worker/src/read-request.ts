import { plainBehaviour, readBehaviour, type DemoBehaviour } from './behaviour.ts';
import { choicesMax } from './limits.ts';
import type { Settings } from './options.ts';
import { readMessages, readTexts, type Prompt } from './read-prompt.ts';
import { fold } from './vocabulary.ts';

/** The body as it came, and the behaviour that its `demo` field asks for. */
export interface RequestBody {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly behaviour: DemoBehaviour;
}

/** A request for an answer, as far as the simulator reads it. */
export interface GenerateRequest {
  readonly route: 'chat' | 'text';
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

/** A request that the engine refuses: status and sentence. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
}

/** Narrows what the readers return. */
export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'message' in value;
}

/** Parses a body. `forced` comes from the fault queue and wins over the body's own `demo`. */
export function readBody(bytes: Buffer, forced: DemoBehaviour | undefined): RequestBody | Refusal {
  let fields: unknown;
  try {
    fields = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { status: 400, message: 'The body is not valid JSON', param: null };
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return { status: 400, message: 'The body is not an object', param: null };
  const { demo } = fields as { demo?: unknown };
  if (demo === undefined && forced === undefined) return { fields: fields as Record<string, unknown>, behaviour: plainBehaviour };
  const behaviour = demo === undefined ? plainBehaviour : readBehaviour(demo);
  if (typeof behaviour === 'string') return { status: 400, message: behaviour, param: 'demo' };
  return { fields: fields as Record<string, unknown>, behaviour: forced === undefined ? behaviour : { ...behaviour, ...forced } };
}

/** Reads a chat or text completion. */
export function readGenerateRequest(route: 'chat' | 'text', { fields, behaviour }: RequestBody, settings: Settings): GenerateRequest | Refusal {
  const model = readModel(fields, settings);
  if (typeof model !== 'string') return model;
  const seed = fold(settings.seed, model) ^ (typeof fields['seed'] === 'number' ? fields['seed'] : 0);
  const prompt = route === 'chat' ? readMessages(fields['messages'], fields['tools'], seed) : readTexts(fields['prompt'], seed);
  if (prompt === undefined) return { status: 400, message: 'Field required', param: route === 'chat' ? 'messages' : 'prompt' };
  const n = fields['n'] ?? 1;
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n * prompt.count > choicesMax) return { status: 400, message: `n must be from 1 to ${choicesMax}`, param: 'n' };
  const limits = readLimits(fields, prompt, behaviour, settings);
  if (isRefusal(limits)) return limits;
  const options = (fields['stream_options'] ?? {}) as { include_usage?: unknown; continuous_usage_stats?: unknown };
  const stream = fields['stream'] === true;
  const includeUsage = stream && options.include_usage === true;
  return {
    route,
    model,
    stream,
    choices: n * prompt.count,
    limit: limits.limit,
    ignoreEnd: fields['ignore_eos'] === true,
    includeUsage,
    continuousUsage: includeUsage && options.continuous_usage_stats === true && (settings.engine === 'vllm' || settings.engine === 'sglang'),
    promptTokens: limits.promptTokens,
    cachedTokens: Math.min(behaviour.cached ?? 0, limits.promptTokens),
    hash: prompt.hash,
    lastText: prompt.lastText,
    toolName: behaviour.tool ? firstToolName(fields['tools']) : undefined,
    behaviour,
  };
}

/** The `model` field, if it is one that is served. */
export function readModel(fields: RequestBody['fields'], settings: Settings): string | Refusal {
  const { model } = fields;
  if (typeof model !== 'string') return { status: 400, message: 'Field required', param: 'model' };
  if (!settings.models.includes(model)) return { status: 404, message: `The model \`${model}\` does not exist.`, param: 'model' };
  return model;
}

function readLimits(fields: RequestBody['fields'], prompt: Prompt, behaviour: DemoBehaviour, settings: Settings): { promptTokens: number; limit: number } | Refusal {
  const promptTokens = behaviour.promptTokens ?? prompt.tokens;
  const room = settings.contextTokens - promptTokens;
  let limit = Number.POSITIVE_INFINITY;
  for (const param of ['max_tokens', 'max_completion_tokens']) {
    const value = fields[param];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return { status: 400, message: `${param} must be at least 1`, param };
    limit = Math.min(limit, value);
  }
  const wanted = Number.isFinite(limit) ? limit : 1;
  if (wanted > room) {
    const message = `This model's maximum context length is ${settings.contextTokens} tokens. However, you requested ${promptTokens + wanted} tokens (${promptTokens} in the messages, ${wanted} in the completion).`;
    return { status: 400, message, param: 'max_tokens' };
  }
  return { promptTokens, limit: Math.min(limit, room) };
}

function firstToolName(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  const name = (tools[0] as { function?: { name?: unknown } } | undefined)?.function?.name;
  return typeof name === 'string' ? name : undefined;
}
