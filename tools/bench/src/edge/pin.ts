import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Where what is measured runs, and where everything else does: the proxy has a core of its own. */
export const cores = { proxy: '0', rest: '1' } as const;

/** Keeps a process and its threads on a core. Does nothing where there is one core only, or no `taskset`. */
export async function pin(pid: number, core: string): Promise<void> {
  if (availableParallelism() < 2) return;
  await execute('taskset', ['--all-tasks', '--cpu-list', '--pid', core, String(pid)]).catch(() => undefined);
}
