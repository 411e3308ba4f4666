import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repositoryFolder } from '../applications.ts';
import { listTestProjects, selectProjects } from './projects.ts';

const projects = [
  { name: '@tacet/edge', folder: 'apps/edge', inWorkspace: true, hasTests: true },
  { name: '@tacet/errors', folder: 'libs/errors', inWorkspace: true, hasTests: true },
];

test('a project is selected by package, folder or the last part of its folder', () => {
  for (const word of ['@tacet/edge', 'apps/edge', 'apps/edge/', 'edge']) expect(selectProjects(projects, [word])).toEqual([projects[0]]);
  expect(selectProjects(projects, [])).toEqual(projects);
});

test('an unknown project is an error that says which there are', () => {
  expect(() => selectProjects(projects, ['edge', 'egde'])).toThrow('no such project: egde; there are: apps/edge, libs/errors');
});

test('every app, lib and tool of the repository is found', () => {
  const folders = listTestProjects(repositoryFolder).map(({ folder }) => folder);
  expect(folders).toEqual(expect.arrayContaining(['apps/edge', 'apps/pruner', 'libs/errors', 'tools/constellation', 'tools/local-worker']));
  expect(listTestProjects(repositoryFolder).find(({ folder }) => folder === 'tools/clients')).toMatchObject({ inWorkspace: false, setUp: 'tools/clients/set-up.mjs' });
});

test('a project has usual tests, long ones, both or none', () => {
  const repository = mkdtempSync(join(tmpdir(), 'tacet-projects-'));
  try {
    writeFileSync(join(repository, 'package.json'), JSON.stringify({ workspaces: ['libs/*'] }));
    const files = { both: ['a.test.ts', 'b.long.test.ts'], long: ['b.long.test.ts'], none: ['a.ts'], usual: ['a.test.ts'] };
    for (const [name, tests] of Object.entries(files)) {
      mkdirSync(join(repository, 'libs', name, 'tests'), { recursive: true });
      writeFileSync(join(repository, 'libs', name, 'package.json'), JSON.stringify({ name, scripts: { test: 'jest' } }));
      for (const file of tests) writeFileSync(join(repository, 'libs', name, 'tests', file), '');
    }
    const namesOf = (kind: 'usual' | 'long') => listTestProjects(repository, kind).flatMap(({ name, hasTests }) => (hasTests ? [name] : []));
    expect(namesOf('usual')).toEqual(['both', 'usual']);
    expect(namesOf('long')).toEqual(['both', 'long']);
  } finally {
    rmSync(repository, { recursive: true });
  }
});
