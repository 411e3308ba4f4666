import type { ThinkingStyle } from '@tacet/inference';
import type { WorkerKindName } from '@tacet/workers-file';
import type { EndpointName } from '../endpoints.ts';

/** How a pool tells usage in streams: on every chunk, once at the end, or not at all. */
export type UsageStyle = 'continuous' | 'final' | 'none';

/** What the router must know of a kind of worker. */
export interface WorkerKind {
  readonly usage: UsageStyle;
  /** How tenants are kept from probing each other's cached prompts; `none`: they are not, and GET /v1/models says so. */
  readonly isolation: 'cache_salt' | 'cache_prompt' | 'none';
  /** What bounds the output of a request that names no limit. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** How it is told whether to think, where a message is said to it as a chat completion. */
  readonly thinking: ThinkingStyle;
  /** What it speaks, as far as every version in use does; `endpoints` of workers.yaml says otherwise. */
  readonly endpoints: readonly EndpointName[];
  /** Engine control beyond what is refused for all (`refused-fields.ts`). */
  readonly refuse: readonly string[];
  /** Whether it says at `/health` how it is. */
  readonly hasHealth: boolean;
  /** Whether it may say at `/metrics` how much it has to do. */
  readonly hasMetrics: boolean;
}

const completions = ['chat_completions', 'completions'] as const satisfies EndpointName[];
const anthropic = ['messages', 'count_tokens'] as const satisfies EndpointName[];

const openaiEndpoints = [...completions, 'embeddings', 'responses'] as const satisfies EndpointName[];
const everything = [...openaiEndpoints, ...anthropic, 'rerank', 'score'] as const satisfies EndpointName[];
const plain = { endpoints: [...completions, 'embeddings'], isolation: 'none', limitField: 'max_tokens', thinking: 'effort', refuse: [], hasHealth: false, hasMetrics: false } as const;
const engine = { ...plain, hasHealth: true, hasMetrics: true } as const;

/** Fields by which a client of LiteLLM's proxy could send its prompt elsewhere, or have it logged. */
const liteLlmControl = [
  'api_base', 'base_url', 'api_key', 'api_version', 'organization', 'custom_llm_provider', 'model_list', 'user_config', 'fallbacks', 'context_window_fallbacks',
  'mock_response', 'mock_tool_calls', 'mock_timeout', 'callbacks', 'success_callback', 'failure_callback', 'logger_fn', 'litellm_metadata', 'litellm_params',
  'litellm_credential_name', 'litellm_session_id', 'litellm_trace_id', 'litellm_logging_obj', 'turn_off_message_logging', 'guardrails', 'tags', 'cache', 'ttl',
  'langfuse_public_key', 'langfuse_secret_key', 'langfuse_host', 'langsmith_api_key', 'langsmith_base_url', 'gcs_bucket_name', 'gcs_path_service_account',
] as const;

export const workerKinds = {
  // Tensors and arguments of plug-ins, which are no prompt.
  vllm: { ...engine, endpoints: everything, usage: 'continuous', isolation: 'cache_salt', thinking: 'switch', refuse: ['prompt_embeds', 'vllm_xargs'] },
  // Code, and names of sessions and corpora that may be another tenant's.
  sglang: { ...engine, endpoints: everything, usage: 'continuous', isolation: 'cache_salt', thinking: 'switch', refuse: ['custom_logit_processor', 'session_id', 'ngram_corpus_id'] },
  // It takes sampling parameters of its own beside OpenAI's, `n_predict` over `max_tokens`.
  llamacpp: { ...plain, endpoints: [...openaiEndpoints, ...anthropic, 'rerank'], hasHealth: true, usage: 'final', isolation: 'cache_prompt', thinking: 'switch_and_budget', refuse: ['n_predict', 'id_slot', 'slot_id', 'lora', 'n_keep', 'cache_prompt', 'n_cache_reuse'] },
  ollama: { ...plain, usage: 'final' },
  lmstudio: { ...plain, endpoints: openaiEndpoints, usage: 'final' },
  // It takes from a body where to send it, under whose credentials, what to do instead, and whom to tell.
  litellm: { ...plain, usage: 'final', refuse: liteLlmControl },
  openai: { ...plain, endpoints: openaiEndpoints, usage: 'final', limitField: 'max_completion_tokens' },
  local: { ...plain, endpoints: ['chat_completions'], usage: 'final' },
  demo: { ...engine, endpoints: everything, usage: 'continuous' },
} as const satisfies Record<WorkerKindName, WorkerKind>;
