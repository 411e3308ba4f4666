import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { availableParallelism } from 'node:os';
import { cores } from './pin.ts';
import type { Target } from './target.ts';

const execute = promisify(execFile);

/** What wrk counted in one run. */
export interface WrkResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers that were no 2xx, and connections that failed. */
  readonly failed: number;
  /** Latency in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A small chat completion, about 300 bytes. */
const content = 'You are a helpful assistant that answers in one short paragraph, without lists, in plain words that a child can follow. Why is the sky blue at noon and red in the evening?';

function script(headersOf: Readonly<Record<string, string>>, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 64, temperature: 0.7, top_p: 0.95, seed: 7 });
  const headers = Object.entries({ 'content-type': 'application/json', ...headersOf }).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return `
wrk.method = "POST"
wrk.body = ${JSON.stringify(body)}
${headers.join('\n')}
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%f,"failed":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration / 1e6, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`;
}

/** Asks as fast as answers come, on so many kept connections. Throws where nothing but errors came back. */
export async function runWrk(folder: string, target: Target, model: string, connections: number, seconds: number): Promise<WrkResult> {
  const file = join(folder, `${target.name.replace(/\W+/g, '-')}.lua`);
  await writeFile(file, script(await target.headers(), model), { mode: 0o600 });
  const wrk = ['wrk', '--threads', '1', '--connections', String(connections), '--duration', `${Math.max(1, Math.round(seconds))}s`, '--script', file, `http://127.0.0.1:${target.port}${target.path}`];
  const [command = 'wrk', ...rest] = availableParallelism() < 2 ? wrk : ['taskset', '--cpu-list', cores.rest, ...wrk];
  const { stdout } = await execute(command, rest);
  const line = stdout.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error('wrk said nothing of its result');
  const result = JSON.parse(line) as WrkResult;
  if (result.failed >= result.requests) throw new Error(`${target.name} answered with nothing but errors`);
  return result;
}
