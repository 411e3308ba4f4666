import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Patch } from './claim.ts';

/** A copy of the sources that processes can be run from, with the same dependencies. */
export interface Scratch {
  readonly folder: string;
  /** Applies patches. Throws where a text is not there exactly once; then nothing was changed. */
  apply(patches: readonly Patch[]): Promise<void>;
  /** Takes back what was applied. */
  restore(): Promise<void>;
}

const copied = ['apps', 'libs', 'proto', 'tools/constellation', 'package.json', 'tsconfig.base.json'];
const left = new Set(['node_modules', 'dist', 'reports', 'tests']);

/** Copies the sources of `repository` into `folder`. */
export async function createScratch(repository: string, folder: string): Promise<Scratch> {
  for (const name of copied) {
    await cp(join(repository, name), join(folder, name), { recursive: true, filter: (path) => !left.has(path.split('/').at(-1) ?? '') });
  }
  await linkDependencies(repository, folder);
  const originals = new Map<string, string>();
  return {
    folder,
    apply: async (patches) => {
      const changed = new Map<string, string>();
      for (const { file, from, to } of patches) {
        const original = changed.get(file) ?? (await readFile(join(repository, file), 'utf8'));
        const parts = original.split(from);
        if (parts.length !== 2) throw new Error(`${file} has the text of the mutation ${parts.length - 1} times; it must be there once`);
        changed.set(file, parts.join(to));
      }
      for (const [file, text] of changed) {
        originals.set(file, await readFile(join(repository, file), 'utf8'));
        await writeFile(join(folder, file), text);
      }
    },
    restore: async () => {
      for (const [file, text] of originals) await writeFile(join(folder, file), text);
      originals.clear();
    },
  };
}

/** Everything that is installed is linked; our own packages are the copies. */
async function linkDependencies(repository: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules', '@tacet'), { recursive: true });
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name !== '@tacet') await symlink(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const kind of ['apps', 'libs']) {
    for (const name of await readdir(join(repository, kind))) {
      await symlink(join(folder, kind, name), join(folder, 'node_modules', '@tacet', name));
      const own = join(repository, kind, name, 'node_modules');
      if (existsSync(own)) await symlink(own, join(folder, kind, name, 'node_modules'));
    }
  }
}
