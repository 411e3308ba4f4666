import type { Queue } from './queue.ts';

/** Sums since the start. */
export interface TokenCounters {
  promptTokens: number;
  generationTokens: number;
}

/** Prometheus text under the names of vLLM, so that one scraper reads all workers. */
export function renderMetrics(model: string, queue: Queue, counters: TokenCounters): string {
  const labels = `{engine="0",model_name=${JSON.stringify(model)}}`;
  const samples: [name: string, type: string, value: number][] = [
    ['vllm:num_requests_running', 'gauge', queue.running],
    ['vllm:num_requests_waiting', 'gauge', queue.waiting],
    ['vllm:prompt_tokens_total', 'counter', counters.promptTokens],
    ['vllm:generation_tokens_total', 'counter', counters.generationTokens],
  ];
  return samples.map(([name, type, value]) => `# TYPE ${name} ${type}\n${name}${labels} ${value}\n`).join('');
}
