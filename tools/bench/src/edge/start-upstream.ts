import { freePort, waitForLine } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';
import { startNode } from './start-node.ts';
import type { Target } from './target.ts';

const startMs = 20_000;

export const chatPath = '/v1/chat/completions';

/** Starts the stand-in for a worker. */
export async function startUpstream({ onStop }: BenchContext): Promise<Target> {
  const port = await freePort();
  const upstream = await startNode('./stand-in-upstream.ts', [String(port)]);
  onStop(() => upstream.stop());
  await waitForLine(upstream, /listening/, startMs);
  await pin(upstream.pid, cores.rest);
  return { name: 'direct', port, path: chatPath, headers: () => Promise.resolve({}), pid: undefined };
}
