/** Work that is done again and again. */
export interface Job {
  /** A constant, for logs and metrics. */
  readonly name: string;
  readonly everyMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export interface Jobs {
  /** Starts no further run and waits for those under way. */
  stop(): Promise<void>;
}

/** Runs each job at once and then `everyMs` after its last run ended. What a run throws is reported; the next run comes all the same. */
export function startJobs(jobs: readonly Job[], onError: (name: string, error: unknown) => void): Jobs {
  const controller = new AbortController();
  const { signal } = controller;
  const loops = jobs.map(async ({ name, everyMs, run }) => {
    while (!signal.aborted) {
      await run(signal).catch((error: unknown) => onError(name, error));
      await pause(everyMs, signal);
    }
  });
  return {
    stop: async () => {
      controller.abort();
      await Promise.all(loops);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
