import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochStore } from './epoch-store.ts';
import { createSecretFile, destroySecretFile, openPrivateFolder, syncFolder, unfinishedPrefix, writeUnfinished } from '../secret-files.ts';

const namePattern = /^(0|[1-9][0-9]{0,9})\.epoch$/;

/** A file of this age that has no name yet belongs to a process that was killed. */
const unfinishedMsMax = 60_000;

/**
 * Wrapped epoch secrets as files `<epoch>.epoch`, 0600, in a folder of their own that no backup may contain. Several
 * processes of one machine may share it: of several writers of an epoch exactly one wins, and all use what it wrote.
 */
export class EpochFiles implements EpochStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The wrapped secret; undefined: there is none. */
  async read(epoch: number): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#folder, fileName(epoch)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Writes the secret of an epoch that has none; false: another writer was faster. */
  async create(epoch: number, wrapped: Uint8Array): Promise<boolean> {
    return createSecretFile(this.#folder, fileName(epoch), wrapped);
  }

  /** Replaces a wrapped secret at once. One that is destroyed meanwhile may come back: the caller looks at its epoch again. */
  async replace(epoch: number, wrapped: Uint8Array): Promise<void> {
    await rename(await writeUnfinished(this.#folder, wrapped), join(this.#folder, fileName(epoch)));
    await syncFolder(this.#folder);
  }

  /** Destroys a secret; false when there is none. */
  async destroy(epoch: number): Promise<boolean> {
    return destroySecretFile(this.#folder, fileName(epoch));
  }

  /** The epochs that have a secret, in order. */
  async list(): Promise<readonly number[]> {
    const names = await readdir(this.#folder);
    return names.flatMap((name) => namePattern.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  }

  /** Removes what killed processes left half written. `nowMs` by the clock of the file system. */
  async removeUnfinished(nowMs: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (!name.startsWith(unfinishedPrefix)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      // Gone already: its writer has finished, or another process was faster.
      if (found && nowMs - found.mtimeMs > unfinishedMsMax) await unlink(path).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    // Nothing is open between calls.
  }
}

/** Opens the folder, making it where there is none. Throws an `Error` that names the variable. */
export async function openEpochFiles(variable: string, folder: string): Promise<EpochFiles> {
  await openPrivateFolder(variable, folder);
  return new EpochFiles(folder);
}

function fileName(epoch: number): string {
  return `${epoch}.epoch`;
}
