import { scope } from './projects.ts';
import type { Repository } from './repository.ts';

/** A row: what the files of a pattern may import of ours. */
export interface ImportRow {
  /** The glob of its files: those of one project, or of a whole folder of projects. */
  readonly pattern: string;
  /** Full names: `@tacet/errors`. */
  readonly allowed: ReadonlySet<string>;
}

interface LintConfiguration {
  readonly overrides?: readonly { readonly files: readonly string[]; readonly rules?: Readonly<Record<string, unknown>> }[];
}

const rule = 'no-restricted-imports';

/** The table of what may import what, which stands once, in the lint configuration. */
export function readImportTable(repository: Repository): readonly ImportRow[] {
  const { overrides = [] } = JSON.parse(repository.read('.oxlintrc.json')) as LintConfiguration;
  return overrides.flatMap(({ files, rules = {} }) => {
    const setting = rules[rule];
    if (!Array.isArray(setting)) return [];
    const { patterns = [] } = (setting[1] ?? {}) as { patterns?: readonly { group: readonly string[] }[] };
    const group = patterns.find((pattern) => pattern.group.includes(`${scope}*`))?.group ?? [];
    const allowed = new Set(group.filter((entry) => entry.startsWith(`!${scope}`) && !entry.endsWith('*')).map((entry) => entry.slice(1)));
    return files.map((pattern) => ({ pattern, allowed }));
  });
}

/** The row of a project's own code: that of its folder, else that of the folder above it. */
export function rowOf(table: readonly ImportRow[], folder: string): ImportRow | undefined {
  const [above] = folder.split('/');
  return table.find(({ pattern }) => pattern === `${folder}/**/*.ts`) ?? table.find(({ pattern }) => pattern === `${above}/**/*.ts`);
}

/** The row of tests, whatever project they are in. */
export function testRowOf(table: readonly ImportRow[]): ImportRow | undefined {
  return table.find(({ pattern }) => pattern === '**/*.test.ts');
}
