import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Break } from './breaks/break.ts';

const workspaceFolders = ['apps', 'libs', 'tools'];

/** Copies what git has and would take of a repository, and links its dependencies; our own packages are those of the copy. */
export function copySources(repository: string, copy: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 });
  for (const file of listed.split('\0')) {
    if (!lstatSync(join(repository, file), { throwIfNoEntry: false })?.isFile()) continue;
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    copyFileSync(join(repository, file), join(copy, file));
  }
  linkDependencies(repository, copy);
}

function linkDependencies(repository: string, copy: string): void {
  const modules = join(copy, 'node_modules');
  const scope = join(modules, '@tacet');
  mkdirSync(scope, { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules'))) if (name !== '@tacet') symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  for (const above of workspaceFolders) {
    for (const name of readdirSync(join(copy, above))) {
      const folder = join(above, name);
      if (!existsSync(join(copy, folder, 'package.json'))) continue;
      symlinkSync(join(copy, folder), join(scope, name));
      if (existsSync(join(repository, folder, 'node_modules'))) symlinkSync(join(repository, folder, 'node_modules'), join(copy, folder, 'node_modules'));
    }
  }
}

/** Takes a rule away from sources. Throws an `Error` when a part is not there exactly once: the break must be written anew. */
export function applyBreak(sources: string, { name, replacements }: Break): void {
  for (const { file, from, to } of replacements) {
    const path = join(sources, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const found = text.split(from).length - 1;
    if (found !== 1) throw new Error(`the break ${name} does not apply any more: ${file} has ${found === 0 ? 'no' : `${found} times the`} part ${JSON.stringify(from)}`);
    writeFileSync(path, text.replace(from, () => to));
  }
}
