import { expect, test } from '@jest/globals';
import { readEngineGauges } from './engine-gauges.ts';

test('vLLM’s page is read: engines are added up, the fullest cache counts', () => {
  const page = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.3-70B"} 7.0
vllm:num_requests_running{engine="1",model_name="a } b"} 3
vllm:num_requests_waiting{engine="0"} 2 1700000000000
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.75
vllm:generation_tokens_total{engine="0"} 1e+06
`;
  expect(readEngineGauges(page)).toEqual({ running: 10, waiting: 2, cacheUsage: 0.75 });
});

test('SGLang’s page is read', () => {
  expect(readEngineGauges('sglang:num_running_reqs{model="m"} 4.0\nsglang:num_queue_reqs 1.0\r\nsglang:token_usage 0.5\n')).toEqual({ running: 4, waiting: 1, cacheUsage: 0.5 });
});

test.each(['', 'nothing', 'vllm:kv_cache_usage_perc 0.5\n', 'vllm:num_requests_running NaN\n', 'vllm:num_requests_running -1\n', 'vllm:num_requests_running 1e300\n', 'toString{} 5\n'])('%j says nothing of requests', (page) => {
  expect(readEngineGauges(page)).toBeUndefined();
});

test('a page of a megabyte that matches nothing is read in no time worth speaking of', () => {
  const began = process.cpuUsage().user;
  expect(readEngineGauges(`vllm:num_requests_running{${'{'.repeat(1_000_000)}`)).toBeUndefined();
  expect(readEngineGauges('vllm:a{}\n'.repeat(100_000))).toBeUndefined();
  // Far above what it takes and far below what backtracking would.
  expect(process.cpuUsage().user - began).toBeLessThan(5_000_000);
});
