import { posix } from 'node:path';
import type { Check, Problem } from '../check.ts';
import { listProjects } from '../projects.ts';

/** `tsc -b` builds what the references name, npm links what the dependencies name: the two must agree. */
export const checkProjectReferences: Check = {
  name: "the references of each tsconfig.json are the project's own dependencies",
  find: (repository) => {
    const projects = listProjects(repository);
    const folderOf = new Map(projects.map(({ name, folder }) => [name, folder]));
    return projects.filter(({ workspace }) => workspace).flatMap((project): Problem[] => {
      const file = `${project.folder}/tsconfig.json`;
      if (!repository.has(file)) return [`${project.folder}: there is no tsconfig.json`];
      const { references = [] } = JSON.parse(repository.read(file)) as { references?: { path: string }[] };
      const have = new Set(references.map(({ path }) => posix.join(project.folder, path).replace(/\/$/, '')));
      const need = new Set([...project.dependencies, ...project.devDependencies].flatMap((name) => folderOf.get(name) ?? []));
      return [
        ...[...need].filter((folder) => !have.has(folder)).map((folder) => `${file}: there is no reference to ${folder}, a dependency`),
        ...[...have].filter((folder) => !need.has(folder)).map((folder) => `${file}: ${folder} is referenced and no dependency`),
      ];
    });
  },
};
