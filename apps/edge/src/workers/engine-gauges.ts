/** What an inference engine says of itself. */
export interface EngineGauges {
  /** Requests that it runs, of whoever asked. */
  readonly running: number;
  /** Requests in its own queue. */
  readonly waiting: number;
  /** Share of its key-value cache that is used, 0..1; 0 where it does not say. */
  readonly cacheUsage: number;
}

/** The most of a page of metrics that is read. */
export const metricsBytesMax = 1_048_576;

const names = {
  'vllm:num_requests_running': 'running',
  'vllm:num_requests_waiting': 'waiting',
  'vllm:kv_cache_usage_perc': 'cacheUsage',
  'sglang:num_running_reqs': 'running',
  'sglang:num_queue_reqs': 'waiting',
  'sglang:token_usage': 'cacheUsage',
} as const;

const line = /^((?:vllm|sglang):[a-z_]+)(?:\{[^\n]*\})?[ \t]+([0-9.eE+-]+)(?:[ \t]+\d+)?[ \t\r]*$/gm;

/**
 * Reads the gauges out of a page of metrics (Prometheus text format 0.0.4). Several engines behind one address are
 * added up, and the fullest cache counts. Undefined where the page tells of no requests at all.
 */
export function readEngineGauges(text: string): EngineGauges | undefined {
  let isThere = false;
  const gauges = { running: 0, waiting: 0, cacheUsage: 0 };
  for (const [, name = '', value = ''] of text.matchAll(line)) {
    if (!Object.hasOwn(names, name)) continue;
    const gauge = names[name as keyof typeof names];
    const number = Number(value);
    if (!(number >= 0 && number < 1e9)) continue;
    if (gauge === 'cacheUsage') gauges.cacheUsage = Math.max(gauges.cacheUsage, Math.min(1, number));
    else {
      isThere = true;
      gauges[gauge] += number;
    }
  }
  return isThere ? gauges : undefined;
}
