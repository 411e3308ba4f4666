import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** Runs commands of the repository in process groups of their own, and ends them all when the run is stopped. */
export class Commands {
  readonly #repository: string;
  readonly #running = new Set<ChildProcess>();
  #stopped = false;

  constructor(repository: string) {
    this.#repository = repository;
  }

  /** Runs a command of the dependencies, or one with a full path, with its output on ours. Returns its exit code; 1 where it was killed or could not start. */
  async run(command: string, argumentsOf: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<number> {
    if (this.#stopped) return 1;
    const child = spawn(resolve(this.#repository, 'node_modules', '.bin', command), argumentsOf, {
      cwd: this.#repository,
      env: { ...environment },
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.#running.add(child);
    try {
      const [code] = (await once(child, 'exit')) as [number | null];
      return code ?? 1;
    } finally {
      this.#running.delete(child);
    }
  }

  /** Ends what runs, with everything that it started in its group; what is run later ends at once. */
  stop(): void {
    this.#stopped = true;
    for (const { pid } of this.#running) {
      if (pid === undefined) continue;
      try {
        process.kill(-pid, 'SIGTERM');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}
