import { expect, test } from '@jest/globals';
import { endpointNames, repeatedIds, workerKindNames, workersFileSchema } from './workers-file-schema.ts';

const pool = (fields: object = {}) => ({ id: 'a', url: 'http://gpu:8000', kind: 'vllm', models: ['m'], ...fields });
const problemsOf = (...pools: unknown[]) => workersFileSchema.safeParse({ pools }).error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? [];

test('every kind and every endpoint may be named', () => {
  for (const kind of workerKindNames) expect(problemsOf(pool({ kind, endpoints: [...endpointNames] }))).toEqual([]);
});

test('all that a pool may say is taken', () => {
  expect(problemsOf(pool({
    url: 'https://gpu.internal/base/v1', weight: 0.5, credentialsFile: '/run/key', usage: 'none', forwardHeaders: ['x-trace-id'], refuseFields: ['best_of'],
    remoteMedia: true, singleTenant: true, requestsMax: 8, drain: true,
  }))).toEqual([]);
});

test.each([
  [{ url: 'ftp://w' }, 'url: must be an http or https URL without user, query and fragment'],
  [{ url: 'http://user:pw@w' }, 'url: must be an http or https URL without user, query and fragment'],
  [{ url: 'http://w/?q' }, 'url: must be an http or https URL without user, query and fragment'],
  [{ id: 'A b' }, 'id: must be 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit'],
  [{ models: [''] }, 'models.0: must not be empty'],
  [{ weight: 0 }, 'weight: must be more than 0'],
  [{ requestsMax: 0 }, 'requestsMax: must be more than 0'],
  [{ forwardHeaders: ['x y'] }, 'forwardHeaders.0: must be the lower-case name of a header'],
  ...['cookie', 'authorization', 'content-length', 'x-litellm-api-key', 'litellm-no-log', 'x-litellm-enable-message-redaction'].map(
    (name) => [{ forwardHeaders: [name] }, 'forwardHeaders.0: must not be a header that is never forwarded'] as const,
  ),
])('%j is refused', (fields, problem) => {
  expect(problemsOf(pool(fields))).toEqual([problem]);
});

test('a field that nobody knows is a mistake, not something to ignore', () => {
  expect(workersFileSchema.safeParse({ pools: [pool({ gpu: 1 })] }).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['gpu'] });
});

test('ids that occur again are found, in a file that is wrong otherwise as well', () => {
  expect(repeatedIds({ pools: [{ id: 'a' }, null, { id: 'b' }, { id: 'a' }, { id: 'a' }, {}] })).toEqual([{ at: 3, first: 0 }, { at: 4, first: 0 }]);
  expect([repeatedIds(null), repeatedIds({}), repeatedIds({ pools: 5 })]).toEqual([[], [], []]);
});
