import { join } from 'node:path';
import { startConstellation, workersYaml, type Constellation, type DeploymentMode } from '@tacet/constellation';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';
import { modelIds } from './stand-in-answers.ts';
import { chatPath } from './start-upstream.ts';
import type { Target } from './target.ts';

/** Limits that are counted and never met. */
const limits = { requestsPerMinute: 1_000_000_000, tokensPerMinute: 1_000_000_000_000, concurrentRequests: 65_536 };
/** As it is where people are served, so that a busy machine is no reason to refuse. */
const sessionMs = 300_000;
/** Room for a prompt of 16 MiB, whatever its tokens. */
const contextTokens = 40_000_000;
/** What the edge is started with where it serves. */
const edgeFlags = ['--max-semi-space-size=32', ...(process.env['XF'] ?? '').split(' ').filter(Boolean)];

export interface MeasuredEdge {
  /** With a normal key. */
  readonly normal: Target;
  /** With a no-log key. */
  readonly noLog: Target;
  readonly constellation: Constellation;
}

/** Starts a whole deployment before the upstream: authorization, limits, lease, metering, spool and access log are all on. */
export async function startEdge(context: BenchContext, upstreamPort: number, mode: DeploymentMode): Promise<MeasuredEdge> {
  const { profileFolder, tell } = context;
  const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const [continuous, final] = modelIds;
  const url = `http://127.0.0.1:${upstreamPort}`;
  const constellation = await startConstellation({
    mode,
    pruners: 0,
    sessionMs,
    folder: join(context.folder, 'deployment'),
    worker: { workersYaml: workersYaml([{ id: 'continuous', url, kind: 'vllm', models: [continuous] }, { id: 'final', url, kind: 'openai', models: [final] }]) },
    models: modelIds.map((id) => ({ id, contextTokens })),
    settings: profile.length === 0 ? {} : { edge: { TACET_ALLOW_PROFILING: 'yes' } },
    nodeFlags: { edge: [...edgeFlags, ...profile] },
    tell,
  });
  context.onStop(() => constellation.stop());
  const [edge] = constellation.edges;
  if (edge === undefined) throw new Error('the constellation has no edge');
  for (const { pid } of constellation.processes) await pin(pid, pid === edge.process.pid ? cores.proxy : cores.rest);
  const target = async (name: string, noLog: boolean): Promise<Target> => {
    const { accountIdBytes: accountId } = await constellation.createAccount({ creditUsd: '100000' });
    const headers = async () => {
      const { plaintextKey } = await constellation.operator.accounts.CreateKey({ accountId, name: 'bench', noLog, models: [], limits });
      return { authorization: `Bearer ${plaintextKey}` };
    };
    return { name, port: Number(new URL(edge.url).port), path: chatPath, headers, pid: edge.process.pid };
  };
  return { normal: await target('tacet', false), noLog: await target('tacet no-log', true), constellation };
}
