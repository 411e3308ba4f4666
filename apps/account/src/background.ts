/** Work that goes on after its answer was sent. */
export interface Background {
  /** Starts work; its errors are reported, never thrown. False when too much is under way. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): boolean;
  /** Takes no more work and waits for what runs, telling it to hurry after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Makes a bounded set of background work. */
export function createBackground(runningMax: number, onError: (name: string, error: unknown) => void): Background {
  const running = new Set<Promise<void>>();
  const controller = new AbortController();
  let stopped = false;
  return {
    run: (name, work) => {
      if (stopped || running.size >= runningMax) return false;
      const task = work(controller.signal)
        .catch((error: unknown) => onError(name, error))
        .finally(() => running.delete(task));
      running.add(task);
      return true;
    },
    stop: async (graceMs) => {
      stopped = true;
      const timer = setTimeout(() => controller.abort(), graceMs);
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
}
