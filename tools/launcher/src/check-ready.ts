import { setTimeout as sleep } from 'node:timers/promises';
import type { ChosenWorker } from './worker/chosen-worker.ts';
import { listServedModels } from './worker/ask-server.ts';

const readyMs = 30_000;
const pollMs = 50;
const askMs = 2_000;

/** Waits until a request with this key would be answered: the edge lists the model, and its worker answers. */
export async function untilRequestsAreAnswered(edgeUrl: string, apiKey: string, worker: ChosenWorker, signal: AbortSignal): Promise<{ readonly told: string }> {
  const end = performance.now() + readyMs;
  for (;;) {
    const problem = (await edgeProblem(edgeUrl, apiKey, worker.model)) ?? (await workerProblem(worker));
    if (problem === undefined) return { told: `the edge lists ${worker.model}, and the worker answers` };
    if (performance.now() > end) throw new Error(`requests are not answered: ${problem}`);
    await sleep(pollMs, undefined, { signal });
  }
}

/** Why the edge does not serve the model to this key; undefined when it does. */
async function edgeProblem(edgeUrl: string, apiKey: string, model: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${edgeUrl}/v1/models`, { headers: { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(askMs) });
    const body = (await response.json()) as { data?: readonly { id?: unknown }[] };
    if (!response.ok) return `the edge answers ${response.status}`;
    return body.data?.some(({ id }) => id === model) ? undefined : `the edge does not list ${model}`;
  } catch {
    return 'the edge does not answer';
  }
}

async function workerProblem({ pools, model }: ChosenWorker): Promise<string | undefined> {
  const serving = pools.filter(({ models }) => models.includes(model));
  const answers = await Promise.all(serving.map(({ url }) => listServedModels(url, askMs)));
  return answers.some((models) => models?.some(({ id }) => id === model)) ? undefined : 'the worker does not answer';
}
