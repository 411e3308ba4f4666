import type { Check } from '../check.ts';
import { listConstants } from '../list-constants.ts';
import { listProjects, projectOf } from '../projects.ts';
import { isSource, isTest } from '../syntax-tree.ts';

const limitName = /(Max|Ms|Bytes)$/;
/** Not limits, but how long a day is. */
const unitName = /^(second|minute|hour|day|week)Ms$/;

/** An operator must be able to look up every bound that a user can meet. */
export const checkDocumentedLimits: Check = {
  name: 'every exported limit, and every limit in a limits.ts, has a line in the README of its project',
  find: (repository) => {
    const projects = listProjects(repository);
    return repository.files.filter((file) => isSource(file) && !isTest(file)).flatMap((file) => {
      const project = projectOf(projects, file);
      if (project === undefined) return [];
      const readme = `${project.folder}/README.md`;
      const said = repository.has(readme) ? new Set(repository.read(readme).match(/[A-Za-z0-9_]+/g)) : new Set<string>();
      const limits = listConstants(repository, file).filter(({ name, exported }) => limitName.test(name) && !unitName.test(name) && (exported || file.endsWith('/limits.ts')));
      return limits.filter(({ name }) => !said.has(name)).map(({ name, line }) => `${file}:${line}: ${readme} does not tell of ${name}`);
    });
  },
};
