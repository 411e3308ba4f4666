import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, stillRuns, type ProcessIdentity } from './process-identity.ts';

const file = 'running.json';

/** Longer than any keeper takes to stop its server. */
const patienceMs = 12_000;
const pollMs = 50;

/** Writes down which processes run, so that the next start can tell what an interrupted one has left. */
export function rememberProcesses(folder: string, pids: Readonly<Record<string, number>>): void {
  const running = Object.entries(pids).flatMap(([name, pid]) => {
    const identity = identifyProcess(pid);
    return identity === undefined ? [] : [[name, identity]];
  });
  writeFileSync(join(folder, file), JSON.stringify(Object.fromEntries(running)), { mode: 0o600 });
}

/**
 * Waits until the processes of an interrupted run have ended, as their keepers make them (a database must not be
 * started twice on one folder), and kills what has not after 12 s. Calls `tell` once when there is something to wait for.
 */
export async function waitForPreviousRun(folder: string, tell: () => void): Promise<void> {
  let left = readRunning(folder).filter(stillRuns);
  if (left.length === 0) return;
  tell();
  for (const end = performance.now() + patienceMs; left.length > 0; left = left.filter(stillRuns)) {
    if (performance.now() > end) for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await sleep(pollMs);
  }
}

function readRunning(folder: string): readonly ProcessIdentity[] {
  try {
    return Object.values(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, ProcessIdentity>);
  } catch {
    // The first start, or cut off by a kill.
    return [];
  }
}
