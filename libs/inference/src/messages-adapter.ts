import { isObject } from './chat-chunk.ts';
import { JsonError } from './json-error.ts';
import { toChatThinking, type ThinkingStyle } from './thinking-adapter.ts';

/**
 * `/v1/messages` (Anthropic's API) in terms of chat completions (OpenAI's), for workers that speak only those:
 * requests one way, answers the other. Pure. What the other API has no word for is left out (`cache_control`,
 * signatures of thoughts, whether thoughts are shown); what would change the meaning if it were left out is refused
 * with `JsonError` `field_invalid`. Fields that neither API names pass as they are, and win over what is said here.
 */

type Fields = Readonly<Record<string, unknown>>;

/** Fields of a message that have a word of their own below, or none in chat completions. */
const translated: ReadonlySet<string> = new Set([
  'system', 'messages', 'tools', 'tool_choice', 'stop_sequences', 'thinking', 'output_config', 'metadata', 'service_tier', 'context_management', 'betas', 'container',
]);

/** What chat completions would read as bounds and multiples of their own, and Anthropic's API does not have: nobody checked it. */
const foreign: ReadonlySet<string> = new Set([
  'n', 'best_of', 'max_completion_tokens', 'max_output_tokens', 'stream_options', 'prompt', 'input', 'stop', 'functions', 'function_call', 'parallel_tool_calls',
]);

/** A chat completion request that says what the messages request says, to workers that are told of thinking in a `style`. Throws `JsonError`. */
export function toChatRequest(request: Fields, style: ThinkingStyle): Record<string, unknown> {
  const chat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request)) if (!translated.has(name) && !foreign.has(name)) chat[name] = value;
  const { system, messages, tools, tool_choice: choice, stop_sequences: stops, output_config: output } = request;
  chat['messages'] = [...systemMessages(system), ...listOf(messages, 'messages').flatMap(toChatMessages)];
  if (tools !== undefined) chat['tools'] = listOf(tools, 'tools').map(toChatTool);
  if (isObject(choice)) Object.assign(chat, toChatChoice(choice));
  if (stops !== undefined) chat['stop'] = stops;
  if (isObject(output)) Object.assign(chat, toChatOutput(output));
  return withThinking(chat, toChatThinking(request, style));
}

/** A client that knows the worker's own words for it has said more than Anthropic's say. */
function withThinking(chat: Record<string, unknown>, thinking: Fields): Record<string, unknown> {
  const { chat_template_kwargs: own } = chat;
  const { chat_template_kwargs: said } = thinking;
  return { ...thinking, ...chat, ...(isObject(own) && isObject(said) ? { chat_template_kwargs: { ...said, ...own } } : {}) };
}

function systemMessages(system: unknown): Fields[] {
  if (system === undefined || system === null) return [];
  return [{ role: 'system', content: typeof system === 'string' ? system : listOf(system, 'system').map((block) => textOf(block, 'system')).join('\n') }];
}

/** One message becomes several: the results of tools are messages of their own, ahead of what the user says to them. */
function toChatMessages(message: unknown): Fields[] {
  if (!isObject(message)) throw invalid('messages', 'holds something that is no message');
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant') throw invalid('messages', 'holds a role other than user and assistant');
  if (typeof content === 'string') return [{ role, content }];
  const blocks = listOf(content, 'messages').map((block) => {
    if (!isObject(block)) throw invalid('messages', 'holds something that is no block');
    return block;
  });
  return role === 'user' ? toUserMessages(blocks) : [toAssistantMessage(blocks)];
}

function toUserMessages(blocks: readonly Fields[]): Fields[] {
  const results: Fields[] = [];
  const parts: Fields[] = [];
  for (const block of blocks) {
    if (block['type'] === 'tool_result') results.push(toToolMessage(block, parts));
    else parts.push(toPart(block));
  }
  return parts.length === 0 ? results : [...results, { role: 'user', content: plain(parts) }];
}

/** A tool's message is text: images of its result go to the user's next words. */
function toToolMessage({ tool_use_id: id, content }: Fields, parts: Fields[]): Fields {
  if (typeof id !== 'string') throw invalid('messages', 'holds a tool_result without its tool_use_id');
  if (content === undefined || content === null) return { role: 'tool', tool_call_id: id, content: '' };
  if (typeof content === 'string') return { role: 'tool', tool_call_id: id, content };
  const texts: string[] = [];
  for (const block of listOf(content, 'messages')) {
    if (isObject(block) && block['type'] === 'image') parts.push(toPart(block));
    else texts.push(textOf(block, 'messages'));
  }
  return { role: 'tool', tool_call_id: id, content: texts.join('\n') };
}

function toPart(block: Fields): Fields {
  const { type, source } = block;
  if (type === 'text') return { type: 'text', text: textOf(block, 'messages') };
  if (isObject(source) && (type === 'image' || type === 'document')) {
    const { type: kind, media_type: mediaType, data, url } = source;
    if (type === 'document' && kind === 'text') return { type: 'text', text: String(data) };
    if (type === 'image' && kind === 'url') return { type: 'image_url', image_url: { url } };
    if (type === 'image' && kind === 'base64') return { type: 'image_url', image_url: { url: `data:${String(mediaType)};base64,${String(data)}` } };
  }
  throw invalid('messages', 'holds a block that the workers of this model do not take');
}

function toAssistantMessage(blocks: readonly Fields[]): Fields {
  const parts: Fields[] = [];
  const calls: Fields[] = [];
  let reasoning = '';
  for (const block of blocks) {
    const { type, id, name, input, thinking } = block;
    if (type === 'text') parts.push(toPart(block));
    else if (type === 'thinking') reasoning += typeof thinking === 'string' ? thinking : '';
    else if (type === 'tool_use') calls.push({ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } });
    else if (type !== 'redacted_thinking') throw invalid('messages', 'holds a block that the workers of this model do not take');
  }
  return {
    role: 'assistant',
    content: parts.length === 0 ? null : plain(parts),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** One text is a string: that is what every worker takes. */
function plain(parts: readonly Fields[]): unknown {
  const [only] = parts;
  return parts.length === 1 && only?.['type'] === 'text' ? only['text'] : parts;
}

function toChatTool(tool: unknown): Fields {
  if (!isObject(tool) || !isObject(tool['input_schema'])) throw invalid('tools', 'holds a tool that the workers of this model do not have');
  const { name, description, input_schema: parameters, strict } = tool;
  return { type: 'function', function: { name, ...(description === undefined ? {} : { description }), parameters, ...(strict === undefined ? {} : { strict }) } };
}

function toChatChoice({ type, name, disable_parallel_tool_use: isSerial }: Fields): Fields {
  const parallel = typeof isSerial === 'boolean' ? { parallel_tool_calls: !isSerial } : {};
  switch (type) {
    case 'auto':
    case 'none':
      return { tool_choice: type, ...parallel };
    case 'any':
      return { tool_choice: 'required', ...parallel };
    case 'tool':
      return { tool_choice: { type: 'function', function: { name } }, ...parallel };
    default:
      throw invalid('tool_choice', 'is of a type that is not known');
  }
}

function toChatOutput({ format }: Fields): Fields {
  const schema = isObject(format) && format['type'] === 'json_schema' ? format['schema'] : undefined;
  return schema === undefined ? {} : { response_format: { type: 'json_schema', json_schema: { name: 'output', strict: true, schema } } };
}

/** The message that a whole chat completion is; its usage is written by who settles. Throws `JsonError`. */
export function toMessage(chat: Fields, fallback: { readonly id: string; readonly model: string }): Record<string, unknown> {
  const choices: unknown = chat['choices'];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = isObject(choice) ? choice['message'] : undefined;
  if (!isObject(choice) || !isObject(message)) throw invalid('choices', 'is not what it should be');
  const { content, refusal, tool_calls: calls } = message;
  const reasoning = reasoningOf(message);
  const blocks: Fields[] = [];
  if (reasoning !== '') blocks.push({ type: 'thinking', thinking: reasoning, signature: '' });
  for (const text of [content, refusal]) if (typeof text === 'string' && text !== '') blocks.push({ type: 'text', text });
  if (Array.isArray(calls)) blocks.push(...(calls as unknown[]).map(toToolUse));
  const { id, model } = chat;
  return {
    id: typeof id === 'string' && id !== '' ? messageId(id) : fallback.id,
    type: 'message',
    role: 'assistant',
    model: typeof model === 'string' && model !== '' ? model : fallback.model,
    content: blocks,
    ...stopOf(choice),
  };
}

function toToolUse(call: unknown): Fields {
  const described = isObject(call) ? call['function'] : undefined;
  if (!isObject(call) || !isObject(described)) throw invalid('tool_calls', 'is not what it should be');
  const { name, arguments: text } = described;
  return { type: 'tool_use', id: call['id'], name, input: argumentsOf(text) };
}

/** Arguments that a limit cut are no JSON: what is left of them cannot be said. */
function argumentsOf(text: unknown): unknown {
  try {
    const value: unknown = JSON.parse(String(text));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const chatIdPrefix = /^chatcmpl-/;

/** Clients tell messages by their prefix. */
export function messageId(chatId: string): string {
  return `msg_${chatId.replace(chatIdPrefix, '')}`;
}

/** The thoughts of a message or delta, under the two names that engines have for them. */
export function reasoningOf({ reasoning_content: one, reasoning: other }: Fields): string {
  if (typeof one === 'string') return one;
  return typeof other === 'string' ? other : '';
}

/** Why a choice ended. vLLM names the stop string that ended it. */
export function stopOf({ finish_reason: finish, stop_reason: stop }: Fields): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  if (finish === 'stop' && typeof stop === 'string') return { stop_reason: 'stop_sequence', stop_sequence: stop };
  return { stop_reason: stopReasons[String(finish)] ?? 'end_turn', stop_sequence: null };
}

const stopReasons: { readonly [finish: string]: string } = {
  stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', function_call: 'tool_use', content_filter: 'refusal',
};

function textOf(block: unknown, field: string): string {
  if (isObject(block) && block['type'] === 'text' && typeof block['text'] === 'string') return block['text'];
  throw invalid(field, 'holds a block that the workers of this model do not take');
}

function listOf(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(field, 'must be an array');
  return value;
}

function invalid(field: string, rule: string): JsonError {
  return new JsonError('field_invalid', `\`${field}\` ${rule}`, field);
}
