import type { Check, Problem } from '../check.ts';
import { parseSource, walk } from '../syntax-tree.ts';
import type { Repository } from '../repository.ts';

const variableName = /\bTACET_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g;
const sharedFile = 'libs/service/src/environment.ts';
const sharedReadme = 'libs/service/README.md';

/** What an app reads and what its README says it reads. */
export const checkDocumentedVariables: Check = {
  name: "every variable of an app's config.ts is in its README, and every variable of a README is read",
  find: (repository) => {
    const shared = variablesOf(repository, sharedFile);
    const apps = repository.files.filter((file) => /^apps\/[^/]+\/src\/config\.ts$/.test(file)).map((file) => ({ file, folder: file.replace('/src/config.ts', ''), own: variablesOf(repository, file) }));
    const real = new Set([...shared, ...apps.flatMap(({ own }) => [...own])]);
    return [
      ...missing(repository, sharedFile, sharedReadme, shared),
      ...apps.flatMap(({ file, folder, own }) => missing(repository, file, `${folder}/README.md`, own)),
      ...apps.flatMap(({ folder, own }) => invented(repository, `${folder}/README.md`, new Set([...own, ...shared]), real)),
    ];
  },
};

function missing(repository: Repository, file: string, readme: string, variables: ReadonlySet<string>): Problem[] {
  const said = repository.has(readme) ? new Set(repository.read(readme).match(variableName)) : new Set<string>();
  return [...variables].filter((name) => !said.has(name)).map((name) => `${readme}: it does not tell of ${name}, which ${file} reads`);
}

/** A row of a table is about a variable of the app itself; a sentence may tell of another app's. */
function invented(repository: Repository, readme: string, own: ReadonlySet<string>, real: ReadonlySet<string>): Problem[] {
  if (!repository.has(readme)) return [];
  return repository.read(readme).split('\n').flatMap((text, index) => {
    const row = /^\|\s*`(TACET_[A-Z0-9_]+)`/.exec(text)?.[1];
    const place = `${readme}:${index + 1}`;
    if (row !== undefined && !own.has(row)) return [`${place}: the app does not read ${row}`];
    return (text.match(variableName) ?? []).filter((name) => !real.has(name)).map((name) => `${place}: nothing reads ${name}`);
  });
}

/** The keys of objects that are variables' names. */
function variablesOf(repository: Repository, file: string): ReadonlySet<string> {
  const names = new Set<string>();
  if (!repository.has(file)) return names;
  walk(parseSource(repository, file).root, (node) => {
    if (node.type !== 'KeyValueProperty') return;
    const name = (node['key'] as { value?: unknown }).value;
    if (typeof name === 'string' && /^TACET_[A-Z0-9_]+$/.test(name)) names.add(name);
  });
  return names;
}
