import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';

const attemptsMax = 10;

/**
 * Takes the lock that a file stands for, until this process unlinks the file or ends. Returns the process that has it
 * where that still runs, else undefined. The file appears with its holder's name in it, or not at all: it is linked,
 * not written.
 */
export async function takeLock(file: string): Promise<ProcessIdentity | undefined> {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (await linkUnlessThere(mine, file)) return undefined;
      const holder = await readHolder(file);
      if (holder !== undefined && stillRuns(holder)) return holder;
      await removeAbandoned(file, holder);
    }
    throw new Error(`${file} is fought over by others`);
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
