import type { Check, Problem } from '../check.ts';
import { readImportTable, rowOf, testRowOf } from '../import-table.ts';
import { listImports } from '../list-imports.ts';
import { listProjects, projectOf, scope, type Project } from '../projects.ts';
import type { Repository } from '../repository.ts';
import { isSource, isTest } from '../syntax-tree.ts';

/** The packages say what the table says, and the code says what the packages say. */
export const checkDependencies: Check = {
  name: 'dependencies are within the table of imports, and everything imported is declared',
  find: (repository) => {
    const projects = listProjects(repository);
    return [...withinTable(repository, projects), ...declared(repository, projects)];
  },
};

function withinTable(repository: Repository, projects: readonly Project[]): Problem[] {
  const table = readImportTable(repository);
  const tests = testRowOf(table)?.allowed ?? new Set<string>();
  return projects.flatMap((project) => {
    const allowed = rowOf(table, project.folder)?.allowed ?? new Set<string>();
    const ours = (names: readonly string[]) => names.filter((name) => name.startsWith(scope));
    return [
      ...ours(project.dependencies).filter((name) => !allowed.has(name)).map((name) => `${project.folder}/package.json: the table does not allow ${name}`),
      ...ours(project.devDependencies).filter((name) => !tests.has(name)).map((name) => `${project.folder}/package.json: the table does not allow ${name} to tests`),
    ];
  });
}

function declared(repository: Repository, projects: readonly Project[]): Problem[] {
  return repository.files.filter((file) => isSource(file)).flatMap((file) => {
    const project = projectOf(projects, file);
    if (project === undefined) return [];
    const [where, known] = isTest(file)
      ? (['dependencies or devDependencies', new Set([...project.dependencies, ...project.devDependencies, '@jest/globals', project.name])] as const)
      : (['dependencies', new Set([...project.dependencies, project.name])] as const);
    return listImports(repository, file).flatMap(({ specifier, line }) => {
      const name = packageOf(specifier);
      // npm cannot install our packages outside the workspaces; tests find them above.
      const isFoundAbove = !project.workspace && isTest(file) && name?.startsWith(scope);
      return name === undefined || known.has(name) || isFoundAbove ? [] : [`${file}:${line}: ${name} is not among the ${where} of ${project.folder}/package.json`];
    });
  });
}

/** The package of a specifier; undefined for files and for what Node brings. */
function packageOf(specifier: string): string | undefined {
  if (/^(\.|\/|#|node:|file:|data:)/.test(specifier)) return undefined;
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
