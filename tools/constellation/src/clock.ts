import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryFolder } from './applications.ts';

/** The clock of one process of a test, ahead of the real one by what it was last set to. */
export interface MovableClock {
  /** The flags of node that put the process under this clock. */
  readonly flags: readonly string[];
  /** The process follows within 20 ms; nothing is moved that it has already read. */
  set(offsetMs: number): Promise<void>;
}

/** Makes a movable clock whose offset lies in `<folder>/<name>.clock`. */
export async function createMovableClock(folder: string, name: string, offsetMs: number): Promise<MovableClock> {
  const file = join(folder, `${name}.clock`);
  const set = async (milliseconds: number) => {
    await writeFile(`${file}.new`, String(milliseconds));
    await rename(`${file}.new`, file);
  };
  await set(offsetMs);
  const module = pathToFileURL(join(repositoryFolder, 'tools/constellation/src/shift-clock.ts'));
  module.searchParams.set('file', file);
  return { flags: [`--import=${module.href}`], set };
}
