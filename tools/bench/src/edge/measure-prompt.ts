import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import type { Figures, Measurement } from '../frame/bench.ts';
import { residentBytesOf } from '../frame/process-usage.ts';
import { modelIds } from './stand-in-answers.ts';
import { pidsOf, type Target } from './target.ts';

const mebibyte = 1_024 * 1_024;
const promptBytes = 16 * mebibyte;
const [model] = modelIds;

/** A prompt of 16 MiB: how much memory it takes while it passes, and how long it takes. */
export function measurePrompt(targets: readonly Target[]): Measurement {
  return {
    name: 'prompt',
    title: 'a prompt of 16 MiB: what memory grows by while it passes, in bodies, and the time to the whole answer',
    columns: { bodies: { unit: 'bodies', digits: 2 }, ms: { unit: 'ms' } },
    rounds: 3,
    cases: targets.map((target) => ({ name: target.name, warmUp: () => sendPrompt(target), run: () => sendPrompt(target) })),
    bars: [{ name: 'memory for a body of 16 MiB', unit: 'bodies', atMost: 2, value: (median) => median('tacet', 'bodies') }],
  };
}

async function sendPrompt(target: Target): Promise<Figures> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'fox '.repeat(promptBytes / 4) }], max_tokens: 16 });
  const pids = pidsOf(target);
  for (const pid of pids) resetPeak(pid);
  const before = residentBytesOf(pids);
  const begun = performance.now();
  const headers = { 'content-type': 'application/json', 'content-length': body.length, ...(await target.headers()) };
  const sent = request({ host: '127.0.0.1', port: target.port, path: target.path, method: 'POST', headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${target.name} answered a long prompt with ${response.statusCode}`);
  const peak = pids.reduce((sum, pid) => sum + peakBytesOf(pid), 0);
  return { bodies: pids.length === 0 ? Number.NaN : (peak - before) / promptBytes, ms: performance.now() - begun };
}

/** Linux: what a process held at most is counted anew from here (`proc(5)`, clear_refs). */
function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not allowed here: the peak is then that of the whole life, and the figure an upper bound.
  }
}

function peakBytesOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1_024;
}
