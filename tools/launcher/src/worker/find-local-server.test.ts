import { afterEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeServer, findLocalServer } from './find-local-server.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server that answers each path with its JSON, and 404 otherwise; undefined hangs. */
async function serve(answers: Readonly<Record<string, unknown>>): Promise<number> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (!(path in answers)) return response.writeHead(404).end('404 page not found');
    const answer = answers[path];
    return answer === undefined ? undefined : response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What each maker's server really answers. */
const ollama = {
  '/v1/models': { object: 'list', data: [{ id: 'llama3.2:latest', object: 'model', created: 1, owned_by: 'library' }] },
  '/api/tags': { models: [{ name: 'llama3.2:latest' }] },
};
const lmStudio = {
  '/v1/models': { object: 'list', data: [{ id: 'text-embedding-nomic', object: 'model', owned_by: 'organization_owner' }, { id: 'qwen2.5-7b', object: 'model', owned_by: 'organization_owner' }] },
  '/api/v0/models': { object: 'list', data: [{ id: 'qwen2.5-7b', type: 'llm' }] },
};
const llamaCpp = { '/v1/models': { models: [{ name: 'm.gguf' }], object: 'list', data: [{ id: 'm.gguf', owned_by: 'llamacpp', meta: { n_ctx_train: 8192, n_params: 1 } }] } };
const vllm = { '/v1/models': { object: 'list', data: [{ id: 'Qwen/Qwen3-8B', owned_by: 'vllm', root: 'x', max_model_len: 40_960 }] } };
const somebody = { '/v1/models': { data: [{ id: 'gpt-x', owned_by: 'me' }] } };

test.each([
  ['ollama', ollama, { id: 'llama3.2:latest', contextTokens: undefined }],
  ['lmstudio', lmStudio, { id: 'text-embedding-nomic', contextTokens: undefined }],
  ['llamacpp', llamaCpp, { id: 'm.gguf', contextTokens: 8192 }],
  ['vllm', vllm, { id: 'Qwen/Qwen3-8B', contextTokens: 40_960 }],
  ['openai', somebody, { id: 'gpt-x', contextTokens: undefined }],
])('%s is told apart by what it answers, not by its port', async (kind, answers, model) => {
  const port = await serve(answers);
  const found = await describeServer(`http://127.0.0.1:${port}`, 1_000);
  expect(found).toMatchObject({ kind, url: `http://127.0.0.1:${port}` });
  expect(found?.models[0]).toMatchObject(model);
});

test('the first port with a model wins; what is silent, refuses, or has none is passed over', async () => {
  const silent = await serve({ '/v1/models': undefined });
  const refusing = await serve({});
  const empty = await serve({ '/v1/models': { data: [] } });
  const notJson = await serve({ '/v1/models': 'hello' });
  const wanted = await serve(ollama);
  const later = await serve(vllm);
  expect(await findLocalServer([silent, refusing, empty, notJson, 1, wanted, later])).toMatchObject({ kind: 'ollama' });
  expect(await findLocalServer([silent, empty])).toBeUndefined();
});

test('ids that no client could send are left out', async () => {
  const port = await serve({ '/v1/models': { data: [{ id: '' }, { id: 'a b' }, { id: 7 }, null, { id: 'good', max_model_len: -1 }] } });
  expect((await describeServer(`http://127.0.0.1:${port}`, 1_000))?.models).toEqual([{ id: 'good', contextTokens: undefined, ownedBy: undefined }]);
});
