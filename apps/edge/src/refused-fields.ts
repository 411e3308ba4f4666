/** What a client may not say, since it controls the engine: its tenant's cache salt, its priority, and the like. */
const engineControl: ReadonlySet<string> = new Set([
  'cache_salt', 'extra_key', 'priority', 'request_id', 'rid', 'kv_transfer_params', 'chat_template', 'mm_processor_kwargs',
  'logits_processors', 'lora_path', 'session_params', 'data_parallel_rank', 'return_hidden_states',
]);

const engineControlPrefix = 'bootstrap_';

/** What identifies the person or their software: it does not reach a worker. */
const identifying: ReadonlySet<string> = new Set(['user', 'safety_identifier', 'metadata', 'prompt_cache_key', 'store']);

/** What the router reads, sets, strips or refuses itself. */
const interpreted: ReadonlySet<string> = new Set([
  ...engineControl, ...identifying,
  'model', 'messages', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'n', 'best_of', 'cache_prompt', 'no-log',
  'prompt', 'input', 'system', 'tools', 'mcp_servers', 'previous_response_id', 'conversation', 'background',
  'query', 'queries', 'documents', 'items', 'text_1', 'text_2', 'data_1', 'data_2',
]);

/** Whether a field controls the engine, at any worker. */
export function controlsEngine(name: string): boolean {
  return engineControl.has(name) || name.startsWith(engineControlPrefix);
}

/** Whether a field is stripped. */
export function identifiesPerson(name: string): boolean {
  return identifying.has(name);
}

/** Whether a field must occur once and in its own spelling. */
export function isInterpreted(name: string): boolean {
  return interpreted.has(name) || name.startsWith(engineControlPrefix);
}
