import type { Repository } from './repository.ts';

/** A package of the repository. */
export interface Project {
  /** Folder from the root: `apps/edge`. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Whether npm's workspaces hold it; a project outside has a lock of its own. */
  readonly workspace: boolean;
}

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Begins the names of our own packages. */
export const scope = '@tacet/';

/** Every folder below the root with a package.json. */
export function listProjects(repository: Repository): readonly Project[] {
  const { workspaces = [] } = readManifest(repository, 'package.json');
  return repository.files
    .filter((file) => /^[^/]+\/.*package\.json$/.test(file) && file.endsWith('/package.json'))
    .map((file) => {
      const folder = file.slice(0, -'/package.json'.length);
      const { name = '', dependencies = {}, devDependencies = {}, optionalDependencies = {}, peerDependencies = {} } = readManifest(repository, file);
      return {
        folder,
        name,
        dependencies: [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...Object.keys(peerDependencies)],
        devDependencies: Object.keys(devDependencies),
        workspace: workspaces.some((pattern) => matchesWorkspace(pattern, folder)),
      };
    });
}

/** The project that a file belongs to: the nearest folder above it that is one. */
export function projectOf(projects: readonly Project[], file: string): Project | undefined {
  return projects.filter(({ folder }) => file.startsWith(`${folder}/`)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

function readManifest(repository: Repository, file: string): Manifest {
  return repository.has(file) ? (JSON.parse(repository.read(file)) as Manifest) : {};
}

function matchesWorkspace(pattern: string, folder: string): boolean {
  return pattern.endsWith('/*') ? folder.startsWith(pattern.slice(0, -1)) && !folder.slice(pattern.length - 1).includes('/') : pattern === folder;
}
