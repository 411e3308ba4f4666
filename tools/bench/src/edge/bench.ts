import { availableParallelism } from 'node:os';
import type { DeploymentMode } from '@tacet/constellation';
import { ensureCommand } from '@tacet/servers';
import { defineBench, type Bench } from '../frame/bench.ts';
import { measureLatency, measureRequests } from './measure-requests.ts';
import { measurePrompt } from './measure-prompt.ts';
import { measureMemory, measureStreams } from './measure-streams.ts';
import { modelIds } from './stand-in-answers.ts';
import { startBareNode } from './start-bare-node.ts';
import { startEdge } from './start-edge.ts';
import { startNginx } from './start-nginx.ts';
import { startPortkey } from './start-portkey.ts';
import { startUpstream } from './start-upstream.ts';

export interface EdgeBenchOptions {
  readonly mode: DeploymentMode;
  /** nginx and Portkey beside the edge, installed where they are missing; the least that `node:http` does is always there. */
  readonly rivals: boolean;
  readonly streams: number;
}

/** Portkey stands still at more. */
const slowStreamsMax = 200;

/** The edge, in the middle of a whole deployment, beside nginx, Portkey and the bare worker. */
export function createEdgeBench({ mode, rivals, streams }: EdgeBenchOptions): Bench {
  return defineBench({
    name: 'edge',
    prepare: async (context) => {
      if (availableParallelism() < 2) context.tell('one core only: load and proxy share it, and rates mean little');
      await ensureCommand('wrk', 'wrk', context.tell);
      const direct = await startUpstream(context);
      const bare = await startBareNode(context, direct.port);
      const beside = rivals ? [await startNginx(context, direct.port), bare] : [bare];
      const slow = rivals ? [await startPortkey(context, direct.port)] : [];
      const { normal, noLog } = await startEdge(context, direct.port, mode);
      const [continuous, final] = modelIds;
      const streamed = [direct, ...beside, normal].map((target) => ({ name: target.name, target, model: continuous }));
      const streamedSlowly = slow.map((target) => ({ name: target.name, target, model: continuous, streamsMax: slowStreamsMax }));
      return [
        measureRequests(context, [direct, ...beside, normal, noLog, ...slow]),
        measureLatency(context, [direct, ...beside, normal, noLog]),
        measureStreams([...streamed, { name: 'tacet, usage at the end', target: normal, model: final }, ...streamedSlowly], streams),
        measurePrompt([direct, ...beside, normal]),
        measureMemory(streamed.filter(({ target }) => target.pid !== undefined), 2 * streams),
      ];
    },
  });
}

/** As it is run from the command line. */
export const edgeBench = createEdgeBench({ mode: 'cluster', rivals: true, streams: 1_000 });
