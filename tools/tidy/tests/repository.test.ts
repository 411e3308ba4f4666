import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { allChecks } from '../src/checks.ts';
import { openRepository } from '../src/repository.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const repository = openRepository(root);

test.each(allChecks(root).map((check) => [check.name, check] as const))('%s', (_name, check) => {
  expect(check.find(repository)).toEqual([]);
});
