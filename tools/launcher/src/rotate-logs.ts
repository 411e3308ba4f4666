import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A log that is larger is set aside at a start, in place of the one that was set aside before. */
const logBytesMax = 16 * 1024 * 1024;

/** Sets the large logs of a folder aside as `<name>.log.1`. */
export async function rotateLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (name.endsWith('.log') && (await stat(file)).size > logBytesMax) await rename(file, `${file}.1`);
  }
}
