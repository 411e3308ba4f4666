/** How a pool tells usage in streams: on every chunk, once at the end, or not at all. */
export type UsageStyle = 'continuous' | 'final' | 'none';

/** What the router must know of a kind of worker. */
export interface WorkerKind {
  readonly usage: UsageStyle;
  /** How tenants are kept from probing each other's cached prompts; `none`: they are not, and GET /v1/models says so. */
  readonly isolation: 'cache_salt' | 'cache_prompt' | 'none';
  /** What bounds the output of a request that names no limit. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** Engine control beyond what is refused for all (`refused-fields.ts`). */
  readonly refuse: readonly string[];
}

const plain = { isolation: 'none', limitField: 'max_tokens', refuse: [] } as const;

export const workerKinds = {
  vllm: { ...plain, usage: 'continuous', isolation: 'cache_salt' },
  sglang: { ...plain, usage: 'continuous', isolation: 'cache_salt' },
  // It takes sampling parameters of its own beside OpenAI's, `n_predict` over `max_tokens`.
  llamacpp: { ...plain, usage: 'final', isolation: 'cache_prompt', refuse: ['n_predict', 'id_slot', 'slot_id', 'lora', 'n_keep', 'cache_prompt', 'n_cache_reuse'] },
  ollama: { ...plain, usage: 'final' },
  lmstudio: { ...plain, usage: 'final' },
  litellm: { ...plain, usage: 'final' },
  openai: { ...plain, usage: 'final', limitField: 'max_completion_tokens' },
  local: { ...plain, usage: 'final' },
  demo: { ...plain, usage: 'continuous' },
} as const satisfies Record<string, WorkerKind>;

export type WorkerKindName = keyof typeof workerKinds;
