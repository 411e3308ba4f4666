import { link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';
import { UserError } from './user-error.ts';

const marker = 'tacet-data.json';
const lock = 'launcher.lock';
const lockAttemptsMax = 10;
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
  await takeLock(join(folder, lock), folder);
  if (content.length === 0) await writeFile(join(folder, marker), markerText);
  return { folder, isNew: content.length === 0, release: () => unlink(join(folder, lock)) };
}

/** Deletes everything in a claimed folder but its marker and lock; returns the names of what is gone. */
export async function emptyDataFolder({ folder }: ClaimedFolder): Promise<readonly string[]> {
  const gone = (await readdir(folder)).filter((name) => name !== marker && !name.startsWith(lock)).sort();
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  return gone;
}

/** The lock appears with its holder's name in it, or not at all: it is linked, not written. */
async function takeLock(file: string, folder: string): Promise<void> {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < lockAttemptsMax; attempt++) {
      if (await linkUnlessThere(mine, file)) return;
      const holder = await readHolder(file);
      if (holder !== undefined && stillRuns(holder)) {
        throw new UserError(`another npm start (process ${holder.pid}) uses ${folder}; stop it first, or choose another folder with --data`);
      }
      await removeAbandoned(file, holder);
    }
    throw new UserError(`${folder} is being claimed by others; try again`);
  } finally {
    await unlink(mine);
  }
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Its holder was killed. Another launcher may have taken the lock since it was read: then it is put back. */
async function removeAbandoned(file: string, abandoned: ProcessIdentity | undefined): Promise<void> {
  const aside = `${file}.${process.pid}.abandoned`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (JSON.stringify(await readHolder(aside)) !== JSON.stringify(abandoned)) await linkUnlessThere(aside, file);
  await unlink(aside);
}

async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch {
    // Gone meanwhile, or not ours.
    return undefined;
  }
}
