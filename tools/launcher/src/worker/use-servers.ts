import { UserError } from '../user-error.ts';
import type { ChosenWorker } from './chosen-worker.ts';
import { describeServer, type FoundServer } from './find-local-server.ts';
import { pickChatModel } from './served-model.ts';

/** A server that was named by hand may be far away. */
const namedMs = 10_000;

/** Uses the servers that `--worker` names. Throws `UserError` when one of them does not answer or has no model. */
export async function useNamedServers(urls: readonly string[]): Promise<ChosenWorker> {
  const servers = await Promise.all(
    urls.map(async (url) => {
      const server = await describeServer(url, namedMs);
      if (server === undefined) throw new UserError(`--worker ${url}: nothing answers at ${url}/v1/models`);
      if (server.models.length === 0) throw new UserError(`--worker ${url}: the server has no model`);
      return server;
    }),
  );
  return useServers(servers);
}

/** Uses servers that are known to have a model. */
export function useServers(servers: readonly FoundServer[]): ChosenWorker {
  const [first] = servers;
  if (first === undefined) throw new Error('no server was given');
  const models = servers.flatMap((server) => server.models);
  const count = new Set(models.map(({ id }) => id)).size;
  return {
    kind: first.kind,
    pools: servers.map(({ url, kind, models: served }, index) => ({ id: servers.length === 1 ? kind : `${kind}-${index + 1}`, url, kind, models: served.map(({ id }) => id) })),
    models,
    model: pickChatModel(models),
    told: `${servers.map(({ kind, url }) => `${names[kind]} at ${url}`).join(', ')} with ${count === 1 ? '1 model' : `${count} models`}`,
  };
}

const names = { ollama: 'Ollama', lmstudio: 'LM Studio', llamacpp: 'llama.cpp', vllm: 'vLLM', openai: 'OpenAI-compatible server' } as const;
