import type { Slots } from './slots.ts';
import type { Engine } from './options.ts';

/** Counters of one model since the start. A reset of the receipts does not touch them, as no engine's would be. */
export interface ModelCounters {
  running: number;
  promptTokens: number;
  generationTokens: number;
}

/** What `/metrics` shows. Generation tokens count what was generated, delivered or not. */
export class Counters {
  readonly #models = new Map<string, ModelCounters>();

  constructor(models: readonly string[]) {
    for (const model of models) this.#models.set(model, { running: 0, promptTokens: 0, generationTokens: 0 });
  }

  of(model: string): ModelCounters {
    const counters = this.#models.get(model);
    if (!counters) throw new Error('unknown model');
    return counters;
  }

  /** Prometheus text: vLLM's names for every engine, and the engine's own beside them. */
  render(engine: Engine, slots: Slots, slotsMax: number): string {
    const lines: string[] = [];
    const sample = (name: string, type: string, value: (counters: ModelCounters) => number) => {
      lines.push(`# TYPE ${name} ${type}`);
      for (const [model, counters] of this.#models) lines.push(`${name}{engine="0",model_name="${model}"} ${value(counters)}`);
    };
    sample('vllm:num_requests_running', 'gauge', (counters) => counters.running);
    sample('vllm:num_requests_waiting', 'gauge', () => slots.waiting);
    sample('vllm:kv_cache_usage_perc', 'gauge', () => Math.min(1, slots.running / Math.min(slotsMax, 256)));
    sample('vllm:prompt_tokens_total', 'counter', (counters) => counters.promptTokens);
    sample('vllm:generation_tokens_total', 'counter', (counters) => counters.generationTokens);
    if (engine === 'sglang') {
      sample('sglang:num_running_reqs', 'gauge', (counters) => counters.running);
      sample('sglang:num_queue_reqs', 'gauge', () => slots.waiting);
    }
    if (engine === 'llamacpp') {
      lines.push('# TYPE llamacpp:requests_processing gauge', `llamacpp:requests_processing ${slots.running}`);
      lines.push('# TYPE llamacpp:requests_deferred gauge', `llamacpp:requests_deferred ${slots.waiting}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
