import type { ChatMessage, Sampling } from './engine.ts';
import { stopCharactersMax, stopsMax } from './limits.ts';

/** A chat completion that this worker can do. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  /** Most tokens of the answer; undefined: as many as the context has room for. */
  readonly limit: number | undefined;
  readonly stops: readonly string[];
  readonly sampling: Sampling;
}

/** Why a request is not done. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
}

/** Narrows what the reader returns. */
export function isRefusal(value: ChatRequest | Refusal): value is Refusal {
  return 'status' in value;
}

const temperatureDefault = 0.2;
const topPDefault = 0.9;
const messagesMax = 10_000;

/** Reads a body. Messages of refusals name fields, never what is in them. */
export function readChatRequest(bytes: Buffer, model: string): ChatRequest | Refusal {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    return refuse('The body is not valid JSON.', null);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse('The body is not an object.', null);
  if (body['model'] !== model) return { status: 404, message: 'The model is not served here.', param: 'model' };
  const unsupported = findUnsupported(body);
  if (unsupported !== undefined) return refuse(`This worker does not support \`${unsupported}\`.`, unsupported);
  const messages = readMessages(body['messages']);
  if (messages === undefined) return refuse('`messages` must be messages of text with the roles system, developer, user and assistant.', 'messages');
  const limit = readLimit(body);
  if (typeof limit === 'object') return limit;
  const stops = readStops(body['stop']);
  if (stops === undefined) return refuse(`\`stop\` must be a text, or up to ${stopsMax} of them.`, 'stop');
  const sampling = readSampling(body);
  if ('status' in sampling) return sampling;
  const options = (body['stream_options'] ?? {}) as { include_usage?: unknown; continuous_usage_stats?: unknown };
  const includeUsage = body['stream'] === true && options.include_usage === true;
  return { messages, stream: body['stream'] === true, includeUsage, continuousUsage: includeUsage && options.continuous_usage_stats === true, limit, stops, sampling };
}

function refuse(message: string, param: string | null): Refusal {
  return { status: 400, message, param };
}

/** What would be answered wrongly if it were ignored. */
function findUnsupported(body: Readonly<Record<string, unknown>>): string | undefined {
  if (Array.isArray(body['tools']) && body['tools'].length > 0 && body['tool_choice'] !== 'none') return 'tools';
  if ((body['n'] ?? 1) !== 1) return 'n';
  if (body['logprobs'] === true) return 'logprobs';
  const format = body['response_format'] as { type?: unknown } | null | undefined;
  return (format?.type ?? 'text') === 'text' ? undefined : 'response_format';
}

function readMessages(value: unknown): readonly ChatMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > messagesMax) return undefined;
  const messages: ChatMessage[] = [];
  for (const message of value as { role?: unknown; content?: unknown }[]) {
    const role = message?.role === 'developer' ? 'system' : message?.role;
    const content = readText(message?.content);
    if ((role !== 'system' && role !== 'user' && role !== 'assistant') || content === undefined) return undefined;
    messages.push({ role, content });
  }
  return messages;
}

function readText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = (content as { type?: unknown; text?: unknown }[]).map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : undefined));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function readLimit(body: Readonly<Record<string, unknown>>): number | undefined | Refusal {
  let limit: number | undefined;
  for (const param of ['max_tokens', 'max_completion_tokens']) {
    const value = body[param] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) return refuse(`\`${param}\` must be a whole number from 1.`, param);
    limit = Math.min(limit ?? value, value);
  }
  return limit;
}

function readStops(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  const stops = Array.isArray(value) ? (value as unknown[]) : [value];
  if (stops.length > stopsMax || !stops.every((stop) => typeof stop === 'string' && stop.length <= stopCharactersMax)) return undefined;
  return (stops as string[]).filter((stop) => stop !== '');
}

function readSampling(body: Readonly<Record<string, unknown>>): Sampling | Refusal {
  const temperature = body['temperature'] ?? temperatureDefault;
  const topP = body['top_p'] ?? topPDefault;
  const seed = body['seed'] ?? undefined;
  if (typeof temperature !== 'number' || !(temperature >= 0 && temperature <= 2)) return refuse('`temperature` must be from 0 to 2.', 'temperature');
  if (typeof topP !== 'number' || !(topP > 0 && topP <= 1)) return refuse('`top_p` must be above 0 and at most 1.', 'top_p');
  if (seed !== undefined && (typeof seed !== 'number' || !Number.isSafeInteger(seed) || seed < 0)) return refuse('`seed` must be a whole number from 0.', 'seed');
  return { temperature, topP, seed };
}
