import { startDemoWorkerProcess, type DeploymentPaths } from '@tacet/constellation';
import type { Supervisor } from '../supervisor.ts';
import type { ChosenWorker } from './chosen-worker.ts';

const model = 'tacet-demo';
/** As fast as a person reads, and like a small GPU. */
const tokensPerSecond = 40;
const firstTokenMs = 150;

/** Starts the simulator. */
export async function useDemoWorker(port: number, paths: DeploymentPaths, supervisor: Supervisor): Promise<ChosenWorker> {
  const start = async () => {
    const worker = await startDemoWorkerProcess('worker', port, paths.logs, { models: [model], tokensPerSecond, firstTokenMs, record: false });
    return worker.process;
  };
  await supervisor.add({ name: 'worker', start, ready: async () => undefined });
  const url = `http://127.0.0.1:${port}`;
  return {
    kind: 'demo',
    pools: [{ id: 'demo', url, kind: 'demo', models: [model] }],
    models: [{ id: model, contextTokens: 131_072, ownedBy: undefined }],
    model,
    told: `${model}, a simulator: it answers with random words`,
  };
}
