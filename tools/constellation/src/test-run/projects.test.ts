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
});
