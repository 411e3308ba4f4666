import { constants } from 'node:fs';
import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

/** Permissions of everybody who is neither the owner nor in the group (the group is how Kubernetes mounts for a non-root process). */
export const othersMask = 0o007;

/** Makes a folder of secrets (0700) or checks the one that is there. Throws an `Error` that names the variable. */
export async function openPrivateFolder(variable: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(folder);
    if ((mode & othersMask) !== 0) throw new Error(`${variable}: the folder is open to others; chmod 700 it`);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(variable)) throw error;
    throw new Error(`${variable}: the folder cannot be used`, { cause: error });
  }
}

/** Names of files that are being written; a crash can leave them. */
export const unfinishedPrefix = '.new-';

/**
 * Writes a file of a secret (0600) that has its whole content from the moment it has its name, and is on the disk.
 * False, and nothing is changed, when the name is taken: of several writers exactly one wins.
 */
export async function createSecretFile(folder: string, name: string, content: Uint8Array): Promise<boolean> {
  const unfinished = await writeUnfinished(folder, content);
  try {
    await link(unfinished, join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(unfinished);
  }
  await syncFolder(folder);
  return true;
}

/** The same content under a name of its own, on the disk, to be linked or renamed. Returns its path. */
export async function writeUnfinished(folder: string, content: Uint8Array): Promise<string> {
  const unfinished = join(folder, unfinishedPrefix + randomBytes(8).toString('hex'));
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return unfinished;
}

/**
 * Overwrites a secret with zeros and removes it; false when it is not there. File systems and disks may keep old
 * blocks all the same: what was in such a file was wrapped, or is destroyed with the disk.
 */
export async function destroySecretFile(folder: string, name: string): Promise<boolean> {
  const path = join(folder, name);
  try {
    const file = await open(path, constants.O_WRONLY);
    try {
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await syncFolder(folder);
  return true;
}

/** A name is on the disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
