import { randomUUID } from 'node:crypto';
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';

const attemptsMax = 1_000;
const pollMs = 10;
/** Whoever clears an abandoned lock needs a moment for it; one that was killed in that moment is passed over after this. */
const clearingMsMax = 5_000;

/**
 * Takes the lock that a file stands for, until this process unlinks the file or ends. Returns the process that has it
 * where that still runs, else undefined. The file appears with its holder's name in it, or not at all: it is linked,
 * not written.
 */
export async function takeLock(file: string): Promise<ProcessIdentity | undefined> {
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (await linkUnlessThere(mine, file)) return undefined;
      const holder = await readHolder(file);
      if (holder !== 'none' && stillRuns(holder)) return holder;
      await clearAbandoned(file, mine);
    }
    throw new Error(`${file} is fought over by others`);
  } finally {
    await unlink(mine);
  }
}

/**
 * Removes a lock whose holder was killed. One at a time does so, and looks again first: another may have cleared it and
 * a third taken it since it was read.
 */
async function clearAbandoned(file: string, mine: string): Promise<void> {
  const clearing = `${file}.clearing`;
  if (!(await linkUnlessThere(mine, clearing))) {
    const begun = await stat(clearing).catch(() => undefined);
    if (begun !== undefined && Date.now() - begun.ctimeMs > clearingMsMax) await removeIfThere(clearing);
    await sleep(pollMs);
    return;
  }
  try {
    const holder = await readHolder(file);
    // Where there is none, the next one to take it may be about to appear.
    if (holder !== 'none' && !stillRuns(holder)) await removeIfThere(file);
  } finally {
    await removeIfThere(clearing);
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

async function removeIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Who has the lock; `none` when the file is gone. One that cannot be read is held by nobody that runs. */
async function readHolder(file: string): Promise<ProcessIdentity | 'none'> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : { pid: 0, started: '' };
  }
}
