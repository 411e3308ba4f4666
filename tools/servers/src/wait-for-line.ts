import type { KeptProcess } from './kept-process.ts';

const keptLinesMax = 40;

/**
 * Resolves when the server prints a line that matches. Throws, with the last lines it printed, when it ends
 * or `timeoutMs` pass before that.
 */
export async function waitForLine(server: KeptProcess, pattern: RegExp, timeoutMs: number): Promise<void> {
  const lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let rest = '';
  let watch: ((chunk: Buffer) => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${server.name} ${why}; it printed:\n${lines.join('\n')}`));
      watch = (chunk) => {
        const parts = (rest + chunk.toString()).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        lines.splice(0, lines.length - keptLinesMax);
        if (parts.some((line) => pattern.test(line))) resolve();
      };
      server.stdout.on('data', watch);
      server.stderr.on('data', watch);
      void server.ended.then(({ code }) => fail(`ended with code ${code}`));
      timer = setTimeout(() => fail(`was not ready after ${timeoutMs} ms`), timeoutMs);
    });
  } finally {
    clearTimeout(timer);
    if (watch) {
      server.stdout.off('data', watch);
      server.stderr.off('data', watch);
    }
  }
}
