import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { repositoryFolder } from '@tacet/constellation';
import { takeLock } from '../file-lock.ts';

const execute = promisify(execFile);

/** What the local worker's own dependencies weigh on the wire. */
export const engineMegabytes = 68;

const folder = join(repositoryFolder, 'tools', 'local-worker');
const installed = join(folder, 'node_modules', '.package-lock.json');
const installMs = 600_000;
const pollMs = 200;

/** Whether the local worker's dependencies are there and as new as its lock file. */
export function engineIsInstalled(): boolean {
  return existsSync(installed) && statSync(join(folder, 'package-lock.json')).mtimeMs <= statSync(installed).mtimeMs;
}

/** Installs the local worker's dependencies, which are no part of the workspace. Throws an `Error` that says why it could not. */
export async function installEngine(signal: AbortSignal): Promise<void> {
  const lock = join(folder, '.installing');
  while ((await takeLock(lock)) !== undefined) await sleep(pollMs, undefined, { signal });
  try {
    if (engineIsInstalled()) return;
    await execute('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1'], { cwd: folder, timeout: installMs, signal });
  } catch (error) {
    throw new Error('npm could not install the engine', { cause: error });
  } finally {
    await unlink(lock);
  }
}
