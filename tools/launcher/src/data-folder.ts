import { mkdir, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from './file-lock.ts';
import { UserError } from './user-error.ts';

const marker = 'tacet-data.json';
const lock = 'launcher.lock';
const markerText = `${JSON.stringify({ madeBy: 'npm start', version: 1 })}\n`;

/** A data folder that this launcher alone uses. */
export interface ClaimedFolder {
  readonly folder: string;
  /** Whether anything was in it before. */
  readonly isNew: boolean;
  /** Lets the next launcher have it. */
  release(): Promise<void>;
}

/**
 * Makes the data folder where there is none, marks it as the launcher's own, and keeps every other launcher out.
 * Throws `UserError` when the folder holds something else, or another launcher uses it.
 */
export async function claimDataFolder(folder: string): Promise<ClaimedFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UserError(`the data folder ${folder} cannot be made`, { cause: error });
  });
  const content = (await readdir(folder)).filter((name) => !name.startsWith(lock));
  if (content.length > 0 && !content.includes(marker)) throw new UserError(`${folder} is not empty and was not made by npm start; choose another folder with --data`);
  const holder = await takeLock(join(folder, lock));
  if (holder !== undefined) throw new UserError(`another npm start (process ${holder.pid}) uses ${folder}; stop it first, or choose another folder with --data`);
  if (content.length === 0) await writeFile(join(folder, marker), markerText);
  return { folder, isNew: content.length === 0, release: () => unlink(join(folder, lock)) };
}

/** Deletes everything in a claimed folder but its marker and lock; returns the names of what is gone. */
export async function emptyDataFolder({ folder }: ClaimedFolder): Promise<readonly string[]> {
  const gone = (await readdir(folder)).filter((name) => name !== marker && !name.startsWith(lock)).sort();
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  return gone;
}
