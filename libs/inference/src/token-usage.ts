/** Largest count that a record can hold; what is above is clamped and called hostile. */
export const tokenCountMax = 0xffff_ffff;

/** What a worker says it used, as three disjoint kinds of tokens; integers from 0 to `tokenCountMax`. */
export interface TokenUsage {
  /** Prompt tokens that were not read from a cache. */
  readonly input: number;
  /** Prompt tokens read from a cache. */
  readonly cached: number;
  /** Generated tokens, reasoning included. */
  readonly output: number;
  /** A count was negative, absurd, no integer, or contradicts another; it was clamped. */
  readonly hostile: boolean;
}

/**
 * Reads a usage object in the dialects of OpenAI (chat completions and responses), vLLM, SGLang, llama.cpp,
 * DeepSeek and Anthropic. Undefined when there is none (null, or an object without any count).
 */
export function normalizeUsage(value: unknown): TokenUsage | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const usage = value as Record<string, unknown>;
  const counts = new Counts();
  if (isPresent(usage['prompt_tokens']) || isPresent(usage['completion_tokens'])) {
    const cached = detail(usage['prompt_tokens_details'], 'cached_tokens') ?? usage['prompt_cache_hit_tokens'];
    return counts.split(usage['prompt_tokens'], cached, usage['completion_tokens']);
  }
  if (!isPresent(usage['input_tokens']) && !isPresent(usage['output_tokens'])) return undefined;
  const isResponses = isPresent(usage['input_tokens_details']) || isPresent(usage['total_tokens']);
  if (isResponses) return counts.split(usage['input_tokens'], detail(usage['input_tokens_details'], 'cached_tokens'), usage['output_tokens']);
  const input = counts.read(usage['input_tokens']) + counts.read(usage['cache_creation_input_tokens']);
  const cached = counts.read(usage['cache_read_input_tokens']);
  return counts.finish(input, cached, counts.read(usage['output_tokens']));
}

/** Prompt tokens with those from the cache among them, split into the two kinds. All are integers from 0 to `tokenCountMax`. */
export function splitPrompt(prompt: number, cached: number, output: number): TokenUsage {
  const hostile = cached > prompt;
  const believed = hostile ? prompt : cached;
  return { input: prompt - believed, cached: believed, output, hostile };
}

class Counts {
  #hostile = false;

  /** A count as it is told; absent is 0. */
  read(value: unknown): number {
    if (!isPresent(value)) return 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= tokenCountMax) return value;
    this.#hostile = true;
    if (typeof value !== 'number' || !(value > 0)) return 0;
    return Math.min(Math.floor(value), tokenCountMax);
  }

  split(promptValue: unknown, cachedValue: unknown, outputValue: unknown): TokenUsage {
    const prompt = this.read(promptValue);
    let cached = this.read(cachedValue);
    if (cached > prompt) {
      this.#hostile = true;
      cached = prompt;
    }
    return this.finish(prompt - cached, cached, this.read(outputValue));
  }

  finish(input: number, cached: number, output: number): TokenUsage {
    if (input > tokenCountMax) this.#hostile = true;
    return { input: Math.min(input, tokenCountMax), cached, output, hostile: this.#hostile };
  }
}

function detail(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
