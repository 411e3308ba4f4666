import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Projects that stand outside the workspaces, with dependencies of their own, which Nx therefore does not know. */
const outside = ['tools/clients', 'tools/local-worker'];

/** A project with a `test` script. */
export interface TestProject {
  /** Name of its package: `@tacet/edge`. */
  readonly name: string;
  /** Relative to the repository: `apps/edge`. */
  readonly folder: string;
  /** Whether Nx knows it. */
  readonly inWorkspace: boolean;
  /** A script that installs what its tests need, where it stands outside the workspaces and has one. */
  readonly setUp?: string;
  /** Whether there is a test in it of the kind that was asked for. */
  readonly hasTests: boolean;
}

/** `usual`: all `*.test.ts` but `*.long.test.ts`. `long`: those alone, which download, install or take minutes. */
export type TestKind = 'usual' | 'long';

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Every project of the repository that has a `test` script, in the order of folders. */
export function listTestProjects(repository: string, kind: TestKind = 'usual'): readonly TestProject[] {
  const { workspaces = [] } = readManifest(join(repository, 'package.json'));
  const manifests = globSync([...workspaces, ...outside].map((pattern) => `${pattern}/package.json`), { cwd: repository }).sort();
  return manifests.flatMap((file) => {
    const { name, scripts = {} } = readManifest(join(repository, file));
    const folder = dirname(file);
    if (name === undefined || scripts['test'] === undefined) return [];
    const inWorkspace = !outside.includes(folder);
    const setUp = join(folder, 'set-up.mjs');
    return [{ name, folder, inWorkspace, hasTests: hasTests(repository, folder, kind), ...(!inWorkspace && existsSync(join(repository, setUp)) ? { setUp } : {}) }];
  });
}

function hasTests(repository: string, folder: string, kind: TestKind): boolean {
  return globSync(`${folder}/{src,tests}/**/*.test.ts`, { cwd: repository }).some((file) => file.endsWith('.long.test.ts') === (kind === 'long'));
}

/**
 * The projects that the arguments name, by package (`@tacet/edge`), folder (`apps/edge`) or the last part of it
 * (`edge`); all for none. Throws an `Error` that names what is unknown and what there is.
 */
export function selectProjects(projects: readonly TestProject[], wanted: readonly string[]): readonly TestProject[] {
  if (wanted.length === 0) return projects;
  const names = ({ name, folder }: TestProject) => [name, folder, folder.split('/').at(-1)];
  const unknown = wanted.filter((word) => !projects.some((project) => names(project).includes(word.replace(/\/$/, ''))));
  if (unknown.length > 0) throw new Error(`no such project: ${unknown.join(', ')}; there are: ${projects.map(({ folder }) => folder).join(', ')}`);
  return projects.filter((project) => wanted.some((word) => names(project).includes(word.replace(/\/$/, ''))));
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
