import type { Check, Problem } from '../check.ts';
import { readImportTable, rowOf } from '../import-table.ts';
import { listProjects } from '../projects.ts';

/** A project that the lists do not know is neither checked nor built. */
export const checkProjectList: Check = {
  name: 'every project has a row in the table of imports and a reference in tsconfig.json, and no list names one that is gone',
  find: (repository) => {
    const table = readImportTable(repository);
    const { references = [] } = JSON.parse(repository.read('tsconfig.json')) as { references?: { path: string }[] };
    const referenced = references.map(({ path }) => path.replace(/\/$/, ''));
    const projects = listProjects(repository).filter(({ workspace }) => workspace);
    const folders = new Set(projects.map(({ folder }) => folder));
    const problems: Problem[] = projects.flatMap(({ folder }) => [
      ...(rowOf(table, folder) ? [] : [`.oxlintrc.json: ${folder} has no row in the table of imports`]),
      ...(referenced.includes(folder) ? [] : [`tsconfig.json: ${folder} has no reference`]),
    ]);
    for (const path of referenced) if (!folders.has(path)) problems.push(`tsconfig.json: ${path} is no project`);
    for (const { pattern } of table) {
      const folder = /^((?:apps|libs|tools)\/[^*/]+)\//.exec(pattern)?.[1];
      if (folder !== undefined && !folders.has(folder)) problems.push(`.oxlintrc.json: ${folder} is no project`);
    }
    return problems;
  },
};
