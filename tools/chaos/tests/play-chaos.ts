import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { repositoryFolder, sourceArguments } from '@tacet/constellation';

/** What came of the command. */
export interface Played {
  readonly code: number | null;
  readonly lastLine: string;
  /** What explains a failure. */
  readonly told: string;
}

/** Runs the command as a process, and waits for its end. */
export async function playChaos(...given: string[]): Promise<Played> {
  const child = spawn(process.execPath, sourceArguments('tools/chaos/src/main.ts', given), { cwd: repositoryFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lastLine: written.trimEnd().split('\n').at(-1) ?? '', told };
}
