import type { Bar, BenchContext, Measurement } from '../frame/bench.ts';
import { cpuMicrosecondsOf } from '../frame/process-usage.ts';
import { modelIds } from './stand-in-answers.ts';
import { pidsOf, type Target } from './target.ts';
import { runWrk } from './wrk.ts';

const [model] = modelIds;
/** Connections that keep a proxy on one core busy. */
const busyConnections = 64;
/** Connections at which an edge's core has about as much idle as busy time. */
const halfConnections = 2;

/** Requests after which compiled code no longer changes much; on a busy machine they take a while. */
const warmRequests = 20_000;
const warmSecondsMax = 30;

const ofNginx = (of: string, column: string): Bar['value'] => (median) => median(of, column) / median('nginx', column);

/** Requests that are answered whole: what they cost, and how many a core takes. */
export function measureRequests({ folder }: BenchContext, targets: readonly Target[]): Measurement {
  return {
    name: 'small',
    title: `chat completions of 300 B in and 630 B out, ${busyConnections} kept connections`,
    columns: { rate: { unit: 'requests/s', ratio: true }, cpu: { unit: 'CPU µs/request', digits: 1, ratio: true }, p99: { unit: 'p99 ms', digits: 2 }, failed: { unit: 'failed' } },
    baseline: 'nginx',
    cases: targets.map((target) => ({ name: target.name, warmUp: () => warmUp(folder, target), run: (seconds: number) => askForSeconds(folder, target, busyConnections, seconds) })),
    bars: [
      { name: 'CPU per request, of nginx', unit: '×', atMost: 2, value: ofNginx('tacet', 'cpu') },
      { name: 'CPU per request with a no-log key, of nginx', unit: '×', atMost: 2, value: ofNginx('tacet no-log', 'cpu') },
      { name: 'CPU per request, of Portkey', unit: '×', digits: 3, atMost: 1 / 25, value: (median) => median('tacet', 'cpu') / median('portkey', 'cpu') },
    ],
  };
}

/** How much later an answer comes than from the worker itself, with the proxy's core half idle. */
export function measureLatency({ folder }: BenchContext, targets: readonly Target[]): Measurement {
  const added = (of: string, column: string): Bar['value'] => (median) => median(of, column) - median('direct', column);
  return {
    name: 'latency',
    title: `the same requests on ${halfConnections} connections, one at a time each: a proxy's core is half busy`,
    columns: { p50: { unit: 'p50 µs' }, p99: { unit: 'p99 µs' }, busy: { unit: '% of a core', digits: 0 }, rate: { unit: 'requests/s' } },
    cases: targets.map((target) => ({ name: target.name, run: (seconds: number) => askForSeconds(folder, target, halfConnections, seconds) })),
    bars: [
      { name: 'added latency, p50', unit: 'µs', digits: 0, atMost: 50, value: added('tacet', 'p50') },
      { name: 'added latency, p99', unit: 'µs', digits: 0, atMost: 500, value: added('tacet', 'p99') },
    ],
  };
}

/** Runs on until so many requests were answered: how fast a proxy becomes is a matter of requests, not of time. */
async function warmUp(folder: string, target: Target): Promise<void> {
  const end = performance.now() + warmSecondsMax * 1_000;
  for (let requests = 0; requests < warmRequests && performance.now() < end; ) requests += (await runWrk(folder, target, model, busyConnections, 3)).requests;
}

async function askForSeconds(folder: string, target: Target, connections: number, seconds: number): Promise<Record<string, number>> {
  const pids = pidsOf(target);
  const before = cpuMicrosecondsOf(pids);
  const { requests, seconds: took, failed, p50, p99 } = await runWrk(folder, target, model, connections, seconds);
  const cpu = pids.length === 0 ? Number.NaN : cpuMicrosecondsOf(pids) - before;
  const isBusy = connections === busyConnections;
  return { rate: requests / took, cpu: cpu / requests, busy: cpu / took / 1e4, p50, p99: isBusy ? p99 / 1e3 : p99, failed };
}
