import { posix } from 'node:path';
import type { Check } from '../check.ts';
import { listImports } from '../list-imports.ts';
import { listProjects, projectOf } from '../projects.ts';
import { isSource } from '../syntax-tree.ts';

/** A path into another project goes around its exports, and around the table of imports. */
export const checkRelativeImports: Check = {
  name: 'no relative import leaves its project',
  find: (repository) => {
    const projects = listProjects(repository);
    return repository.files.filter(isSource).flatMap((file) => {
      const project = projectOf(projects, file);
      return listImports(repository, file).flatMap(({ specifier, line }) => {
        if (project === undefined || !specifier.startsWith('.')) return [];
        const target = posix.join(posix.dirname(file), specifier);
        return target.startsWith(`${project.folder}/`) ? [] : [`${file}:${line}: ${specifier} leaves ${project.folder}; import the project by its name`];
      });
    });
  },
};
