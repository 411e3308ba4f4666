import { freePort, waitForLine } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';
import { startNode } from './start-node.ts';
import { chatPath } from './start-upstream.ts';
import type { Target } from './target.ts';

const startMs = 20_000;

/** Starts the least that a proxy on `node:http` does (`bare-node.ts`). */
export async function startBareNode({ onStop }: BenchContext, upstreamPort: number): Promise<Target> {
  const port = await freePort();
  const bare = await startNode('./bare-node.ts', [String(port), String(upstreamPort)]);
  onStop(() => bare.stop());
  await waitForLine(bare, /listening/, startMs);
  await pin(bare.pid, cores.proxy);
  return { name: 'bare node', port, path: chatPath, headers: () => Promise.resolve({}), pid: bare.pid };
}
