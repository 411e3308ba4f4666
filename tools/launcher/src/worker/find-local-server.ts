import { askJson, listServedModels } from './ask-server.ts';
import type { ServedModel } from './served-model.ts';

/** Where servers of other makers usually listen, in the order of preference. */
const usualPorts = [11_434, 1_234, 8_080, 8_000];

/** A server on this machine must answer this fast; nobody waits longer for one that is not there. */
const probeMs = 300;

/** What makers of servers are told apart as. */
export type ServerKind = 'ollama' | 'lmstudio' | 'llamacpp' | 'vllm' | 'openai';

/** An OpenAI-compatible server of somebody else. */
export interface FoundServer {
  readonly url: string;
  readonly kind: ServerKind;
  readonly models: readonly ServedModel[];
}

/** The first server at a usual port of this machine that has a model. */
export async function findLocalServer(ports: readonly number[] = usualPorts): Promise<FoundServer | undefined> {
  const found = await Promise.all(ports.map((port) => describeServer(`http://127.0.0.1:${port}`, probeMs)));
  return found.find((server) => server !== undefined && server.models.length > 0);
}

/** Asks a server what it has and who made it; undefined when it does not answer as one. */
export async function describeServer(url: string, timeoutMs: number): Promise<FoundServer | undefined> {
  const models = await listServedModels(url, timeoutMs);
  return models === undefined ? undefined : { url, models, kind: await tellKind(url, models, timeoutMs) };
}

/** vLLM and llama.cpp sign their models; Ollama and LM Studio have routes of their own beside `/v1`. */
async function tellKind(url: string, models: readonly ServedModel[], timeoutMs: number): Promise<ServerKind> {
  const owners = new Set(models.map(({ ownedBy }) => ownedBy));
  if (owners.has('vllm')) return 'vllm';
  if (owners.has('llamacpp')) return 'llamacpp';
  const [ollama, lmStudio] = await Promise.all([askJson(`${url}/api/tags`, timeoutMs), askJson(`${url}/api/v0/models`, timeoutMs)]);
  if (Array.isArray((ollama as { models?: unknown } | undefined)?.models)) return 'ollama';
  if (Array.isArray((lmStudio as { data?: unknown } | undefined)?.data)) return 'lmstudio';
  return 'openai';
}
