import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The five processes of the product, by the names of their folders and certificates. */
export const applications = ['edge', 'account', 'key-service', 'billing', 'pruner'] as const;
export type Application = (typeof applications)[number];

/** The repository's root folder. */
export const repositoryFolder = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../../../' : '../../../', import.meta.url));

/** Flags of every process of ours that runs from its source. */
export const nodeFlags: readonly string[] = ['--conditions=source', '--disable-sigusr1', '--disable-warning=DEP0123'];

/** The arguments of `node` that run a file of the repository, such as `apps/edge/src/main.ts`, or of another copy of it. */
export function sourceArguments(file: string, further: readonly string[] = [], flags: readonly string[] = [], repository = repositoryFolder): string[] {
  return [...nodeFlags, ...flags, join(repository, file), ...further];
}

/** What a child may inherit. Everything else stays behind: debuggers, profilers and variables that print content. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** Where node keeps compiled code between starts, which halves the time to start a process of ours. */
const compileCache = join(repositoryFolder, 'node_modules', '.cache', 'node-compile');

/** The part of this process's environment that its children get. */
export function inheritedEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.fromEntries(inherited.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
  return { ...kept, NODE_COMPILE_CACHE: compileCache };
}
