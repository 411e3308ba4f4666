/**
 * Names that fields of requests and answers usually have. One of these is found by its bytes, and costs neither a call into
 * Node nor a string of its own. No name that a client made up is ever kept.
 */
const usualNames = [
  // Requests
  'model', 'messages', 'prompt', 'input', 'system', 'instructions', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'max_output_tokens',
  'temperature', 'top_p', 'top_k', 'min_p', 'n', 'best_of', 'seed', 'stop', 'stop_sequences', 'suffix', 'echo', 'logprobs', 'top_logprobs', 'logit_bias',
  'presence_penalty', 'frequency_penalty', 'repetition_penalty', 'tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call',
  'response_format', 'text', 'reasoning', 'reasoning_effort', 'thinking', 'chat_template_kwargs', 'user', 'metadata', 'store', 'service_tier', 'modalities',
  'encoding_format', 'dimensions', 'query', 'queries', 'documents', 'items', 'text_1', 'text_2', 'truncate', 'include', 'prompt_cache_key',
  'safety_identifier', 'extra_body',
  // Answers and events
  'id', 'object', 'created', 'created_at', 'choices', 'usage', 'system_fingerprint', 'error', 'data', 'type', 'role', 'content', 'stop_reason',
  'stop_sequence', 'index', 'delta', 'message', 'finish_reason', 'output', 'status', 'response', 'sequence_number', 'item_id', 'output_index',
  'content_index', 'content_block', 'item', 'part', 'prompt_logprobs', 'prompt_token_ids', 'kv_transfer_params', 'results',
  // Messages and their parts
  'name', 'tool_calls', 'tool_call_id', 'image_url', 'url', 'input_audio', 'source', 'media_type', 'detail', 'format', 'file', 'file_id', 'cache_control',
  'tool_use_id', 'description', 'parameters', 'function', 'arguments', 'title',
] as const;

/** At least four times as many places as names, and a power of two. */
const placesMax = 512;

const places: (string | undefined)[] = Array.from({ length: placesMax }, () => undefined);
for (const name of usualNames) {
  let place = placeOf(name.length, name.charCodeAt(0), name.charCodeAt(name.length >> 1), name.charCodeAt(name.length - 1));
  while (places[place] !== undefined) place = (place + 1) & (placesMax - 1);
  places[place] = name;
}

/** The usual name that stands byte for byte between two places; undefined where it is no usual one. */
export function findUsualName(bytes: Buffer, start: number, end: number): string | undefined {
  const length = end - start;
  let place = placeOf(length, bytes[start] ?? 0, bytes[start + (length >> 1)] ?? 0, bytes[end - 1] ?? 0);
  for (let name = places[place]; name !== undefined; name = places[place]) {
    if (name.length === length && standsAt(bytes, start, name)) return name;
    place = (place + 1) & (placesMax - 1);
  }
  return undefined;
}

function placeOf(length: number, first: number, middle: number, last: number): number {
  return (length * 67 + first * 7 + middle * 31 + last * 13) & (placesMax - 1);
}

/** Where the closing quote of a name is that begins at `start`; -1 where it has an escape, or no end. */
export function plainNameEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== 0x22; byte = bytes[++at]) if (byte === undefined || byte === 0x5c) return -1;
  return at;
}

/** Whether ASCII text stands in bytes at a place. */
export function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
