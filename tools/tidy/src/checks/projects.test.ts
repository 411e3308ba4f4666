import { expect, test } from '@jest/globals';
import { plantRepository } from '../repository.ts';
import { checkDependencies } from './dependencies.ts';
import { checkProjectList } from './project-list.ts';
import { checkProjectReferences } from './project-references.ts';
import { checkReadmes } from './readmes.ts';

const row = (files: string[], ...allowed: string[]) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['@tacet/*', ...allowed.map((name) => `!@tacet/${name}`)] }, { group: ['**/apps/**'] }] }] } });
const tidy = {
  'package.json': JSON.stringify({ workspaces: ['apps/*', 'libs/*', 'tools/bench'] }),
  'tsconfig.json': JSON.stringify({ references: [{ path: 'apps/edge' }, { path: 'libs/rpc' }, { path: 'tools/bench' }] }),
  '.oxlintrc.json': JSON.stringify({
    rules: {},
    overrides: [row(['apps/edge/**/*.ts'], 'rpc', 'rpc/**'), row(['libs/rpc/**/*.ts']), row(['tools/**/*.ts'], 'rpc'), row(['**/*.test.ts', '**/tests/**/*.ts'], 'rpc', 'bench'), { files: ['x'], rules: {} }],
  }),
  'apps/edge/package.json': JSON.stringify({ name: '@tacet/edge', dependencies: { '@tacet/rpc': '0.1.0', zod: '1.0.0' }, devDependencies: { '@tacet/bench': '0.1.0' } }),
  'apps/edge/tsconfig.json': JSON.stringify({ references: [{ path: '../../libs/rpc' }, { path: '../../tools/bench' }] }),
  'apps/edge/src/a.ts': "import fs from 'node:fs'; import { z } from 'zod/mini'; import type { R } from '@tacet/rpc/types/a'; import { b } from './b.ts';",
  'apps/edge/src/a.test.ts': "import { test } from '@jest/globals'; import { bench } from '@tacet/bench';",
  'libs/rpc/package.json': JSON.stringify({ name: '@tacet/rpc' }),
  'libs/rpc/tsconfig.json': '{}',
  'tools/bench/package.json': JSON.stringify({ name: '@tacet/bench', dependencies: { '@tacet/rpc': '0.1.0' } }),
  'tools/bench/tsconfig.json': JSON.stringify({ references: [{ path: '../../libs/rpc/' }] }),
  'tools/alone/package.json': JSON.stringify({ name: 'alone' }),
  'tools/alone/tests/a.test.ts': "import { bench } from '@tacet/bench';",
};

test('a tidy repository has no problems', () => {
  const repository = plantRepository(tidy);
  expect([checkDependencies, checkProjectList, checkProjectReferences].flatMap((check) => check.find(repository))).toEqual([]);
});

test('a dependency that the table does not allow is told, of code and of tests', () => {
  const repository = plantRepository({ ...tidy, 'libs/rpc/package.json': JSON.stringify({ name: '@tacet/rpc', dependencies: { '@tacet/bench': '0.1.0' }, devDependencies: { '@tacet/edge': '0.1.0' } }) });
  expect(checkDependencies.find(repository)).toEqual(['libs/rpc/package.json: the table does not allow @tacet/bench', 'libs/rpc/package.json: the table does not allow @tacet/edge to tests']);
});

test('an import that is not declared is told; code may not use what tests may', () => {
  const repository = plantRepository({ ...tidy, 'apps/edge/src/b.ts': "import { bench } from '@tacet/bench';\nimport uuid from 'uuid';", 'apps/edge/tests/c.ts': "import pg from 'pg';" });
  expect(checkDependencies.find(repository)).toEqual([
    'apps/edge/src/b.ts:1: @tacet/bench is not among the dependencies of apps/edge/package.json',
    'apps/edge/src/b.ts:2: uuid is not among the dependencies of apps/edge/package.json',
    'apps/edge/tests/c.ts:1: pg is not among the dependencies or devDependencies of apps/edge/package.json',
  ]);
});

test('a project without a row or a reference is told, and a row or reference without a project', () => {
  const added = plantRepository({ ...tidy, 'apps/web/package.json': JSON.stringify({ name: '@tacet/web' }) });
  expect(checkProjectList.find(added)).toEqual(['.oxlintrc.json: apps/web has no row in the table of imports', 'tsconfig.json: apps/web has no reference']);
  const { 'apps/edge/package.json': _, ...rest } = tidy;
  expect(checkProjectList.find(plantRepository(rest))).toEqual(['tsconfig.json: apps/edge is no project', '.oxlintrc.json: apps/edge is no project']);
});

test('references and dependencies that differ are told', () => {
  const repository = plantRepository({ ...tidy, 'apps/edge/tsconfig.json': JSON.stringify({ references: [{ path: '../../libs/rpc' }, { path: '../../libs/other' }] }) });
  expect(checkProjectReferences.find(repository)).toEqual(['apps/edge/tsconfig.json: there is no reference to tools/bench, a dependency', 'apps/edge/tsconfig.json: libs/other is referenced and no dependency']);
});

test('a README must be there, have a title, and say something', () => {
  const files = { 'a/x/package.json': '{}', 'a/y/package.json': '{}', 'a/y/README.md': 'no title', 'a/z/package.json': '{}', 'a/z/README.md': '# z\n', 'a/w/package.json': '{}', 'a/w/README.md': `# w\n${'word '.repeat(50)}` };
  expect(checkReadmes.find(plantRepository(files))).toEqual(['a/x: there is no README.md', 'a/y/README.md: it does not begin with a title', 'a/z/README.md: it says too little for a stranger']);
});
