import { setTimeout as sleep } from 'node:timers/promises';
import { waitForLine, type KeptProcess } from '@tacet/servers';
import type { Bar, Figures, Measurement } from '../frame/bench.ts';
import { cpuMicrosecondsOf, residentBytesOf } from '../frame/process-usage.ts';
import { cores, pin } from './pin.ts';
import type { modelIds } from './stand-in-answers.ts';
import { startNode } from './start-node.ts';
import type { StreamLoad, StreamResult } from './stream-load.ts';
import { pidsOf, type Target } from './target.ts';

/** A target together with the model that is asked of it. */
export interface StreamedTarget {
  readonly name: string;
  readonly target: Target;
  readonly model: (typeof modelIds)[number];
  /** How many it can carry, where that is fewer than are wanted. */
  readonly streamsMax?: number;
}

const rate = 30;
const openMs = 150_000;
/** Streams whose memory is compared; few tokens, so that memory is that of being open. */
const few = 500;
const idleRate = 1;
const settleMs = 3_000;

/** Many streams at the pace at which people read: what a chunk costs, and how late it comes. */
export function measureStreams(targets: readonly StreamedTarget[], streams: number): Measurement {
  const of = (column: string): Bar['value'] => (median) => median('tacet', column) / median('nginx', column);
  return {
    name: 'streams',
    title: `${streams} streams of ${rate} chunks/s`,
    columns: {
      cpu: { unit: 'CPU µs/chunk', digits: 1, ratio: true },
      rate: { unit: 'chunks/s' },
      busy: { unit: '% of a core' },
      p50: { unit: 'delay p50 ms', digits: 2 },
      p99: { unit: 'delay p99 ms', digits: 2 },
      broken: { unit: 'broken' },
      streams: { unit: 'streams' },
    },
    baseline: 'nginx',
    cases: targets.map((one) => ({ name: one.name, run: (seconds: number) => readStreams(one, Math.min(streams, one.streamsMax ?? streams), seconds) })),
    bars: [
      { name: 'CPU per chunk with continuous usage on and stripped, of nginx', unit: '×', atMost: 2, value: of('cpu') },
      { name: 'CPU per chunk: 16 µs are 2,000 streams on a core', unit: 'µs', digits: 1, atMost: 16, value: (median) => median('tacet', 'cpu') },
      { name: 'added delay per chunk, p99', unit: 'ms', atMost: 20, value: (median) => median('tacet', 'p99') - median('direct', 'p99') },
    ],
  };
}

/** What one more open stream takes of memory: between few and many that hardly say anything. */
export function measureMemory(targets: readonly StreamedTarget[], streams: number): Measurement {
  return {
    name: 'memory',
    title: `resident memory of a stream, between ${few} and ${few + streams} open ones`,
    columns: { kib: { unit: 'KiB/stream', digits: 1 }, broken: { unit: 'broken' } },
    rounds: 1,
    cases: targets.map((one) => ({ name: one.name, run: () => growByStreams(one, streams) })),
    bars: [{ name: 'memory of an open stream', unit: 'KiB', digits: 1, atMost: 24, value: (median) => median('tacet', 'kib') }],
  };
}

async function readStreams({ target, model }: StreamedTarget, streams: number, seconds: number): Promise<Figures> {
  await using load = await openStreams(target, { model, streams, rate, seconds });
  const pids = pidsOf(target);
  const before = cpuMicrosecondsOf(pids);
  const result = await load.result;
  const cpu = pids.length === 0 ? Number.NaN : cpuMicrosecondsOf(pids) - before;
  return { cpu: cpu / result.chunks, rate: result.chunks / seconds, busy: cpu / seconds / 1e4, p50: result.delayP50Ms, p99: result.delayP99Ms, broken: result.broken, streams };
}

async function growByStreams({ target, model }: StreamedTarget, streams: number): Promise<Figures> {
  const options = { model, rate: idleRate, seconds: 600 };
  await using first = await openStreams(target, { ...options, streams: few });
  await sleep(settleMs);
  const before = residentBytesOf(pidsOf(target));
  await using second = await openStreams(target, { ...options, streams });
  await sleep(settleMs);
  const grown = residentBytesOf(pidsOf(target)) - before;
  return { kib: grown / streams / 1_024, broken: first.process.running && second.process.running ? 0 : streams };
}

interface OpenStreams extends AsyncDisposable {
  readonly process: KeptProcess;
  /** When the time of the load is over. */
  readonly result: Promise<StreamResult>;
}

/** Returns when the first token of every stream is there. */
async function openStreams(target: Target, options: Pick<StreamLoad, 'model' | 'streams' | 'rate' | 'seconds'>): Promise<OpenStreams> {
  const load: StreamLoad = { port: target.port, path: target.path, headers: await target.headers(), ...options };
  const process = await startNode('./stream-load.ts', [JSON.stringify(load)]);
  await pin(process.pid, cores.rest);
  let text = '';
  process.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const result = process.ended.then(() => JSON.parse(text.slice(text.indexOf('{'))) as StreamResult);
  // Asked for or not.
  result.catch(() => undefined);
  await waitForLine(process, /^open$/, openMs);
  return { process, result, [Symbol.asyncDispose]: async () => void (await process.stop()) };
}
