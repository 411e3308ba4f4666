import { expect, test } from '@jest/globals';
import { InvalidFileError } from './invalid-file-error.ts';
import { parseWorkerList } from './worker-list.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseWorkerList(text, 'workers.yaml');
  } catch (error) {
    if (error instanceof InvalidFileError) return error.problems;
    throw error;
  }
  return [];
}

test('a pool may say everything that the edge reads', () => {
  const text = `
pools:
  - id: gpu-1
    url: https://gpu-1.internal:8000
    kind: vllm
    models: [org/model:8b]
    weight: 0.5
    credentialsFile: /run/secrets/gpu-1
    usage: continuous
    forwardHeaders: [x-trace-id]
    refuseFields: [guided_json]
    remoteMedia: true
    singleTenant: true
  - { id: b, url: "http://127.0.0.1:11434/", kind: ollama, models: [a] }
`;
  expect(parseWorkerList(text, 'workers.yaml').map(({ id }) => id)).toEqual(['gpu-1', 'b']);
});

test('every problem is told at once', () => {
  const text = `
pools:
  - { id: a, url: "ftp://w", kind: tgi, models: [] }
  - { id: a, url: "http://user:pw@w", kind: vllm, models: [""], weight: 0, forwardHeaders: ["x y", cookie], gpu: 1 }
`;
  expect(problemsOf(text).toSorted()).toEqual([
    'pools[0].kind: must be one of vllm, sglang, llamacpp, ollama, lmstudio, litellm, openai, local, demo',
    'pools[0].models: must have at least 1 elements',
    'pools[0].url: must be an http or https URL without user, query and fragment',
    'pools[1].forwardHeaders[0]: must be the lower-case name of a header',
    'pools[1].forwardHeaders[1]: must not be a header that is never forwarded',
    'pools[1].gpu: is not a known field',
    'pools[1].id: is the same as pools[0].id',
    'pools[1].models[0]: must not be empty',
    'pools[1].url: must be an http or https URL without user, query and fragment',
    'pools[1].weight: must be more than 0',
  ]);
});
