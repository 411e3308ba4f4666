import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFlags, repositoryFolder } from '@tacet/constellation';
import type { Break } from './breaks/break.ts';
import { applyBreak, copySources } from './copy-sources.ts';

/** Makes a copy of the sources, takes a rule away from it, and runs this very command there; answers its exit code. */
export async function runBroken(broken: Break, further: readonly string[]): Promise<number> {
  const copy = mkdtempSync(join(tmpdir(), `tacet-broken-`));
  try {
    copySources(repositoryFolder, copy);
    applyBreak(copy, broken);
    const child = spawn(process.execPath, [...nodeFlags, join(copy, 'tools/chaos/src/main.ts'), ...broken.shownBy, ...further], { cwd: copy, stdio: ['ignore', 'inherit', 'inherit'] });
    const stop = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
    const [code] = (await once(child, 'exit')) as [number | null];
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, stop);
    return code ?? 3;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
