import type { SpoolFile } from './spool-files.ts';

/** How long writes stay unsynced when nobody waits for them: the window of a power loss. */
export const syncIntervalMs = 50;

export interface GroupCommitOptions {
  /** Writes what is still in memory and hands over the files that need a sync. */
  readonly takeUnsynced: () => SpoolFile[];
  /** Where the outbox ends now. */
  readonly end: () => number;
  /** Told once; what was not synced by then never will be. */
  readonly onFailure: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Syncs the spool: every 50 ms while there is something to sync, and at once when somebody waits. Whoever
 * begins to wait while a sync runs shares the next one.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #synced: number;
  #running = false;
  #failed = false;
  #timer: NodeJS.Timeout | undefined;
  #scheduled = false;
  /** Whether something was written since the last sync began. */
  #isTouched = false;
  #waiting: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#synced = options.end();
  }

  /** All records before this ordinal are durable, and may be published. */
  get synced(): number {
    return this.#synced;
  }

  /** Something was written: it is synced soon. */
  touch(): void {
    this.#isTouched = true;
    if (this.#timer || this.#running || this.#scheduled) return;
    this.#timer = setTimeout(() => void this.#run(), this.#options.intervalMs ?? syncIntervalMs);
    this.#timer.unref();
  }

  /** Resolves when everything written until now is durable; never, after a failure. */
  whenSynced(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#start();
    });
  }

  /** The end of this tick, so that all who wait in one tick share a sync. */
  #start(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#scheduled = false;
    if (this.#running || this.#failed) return;
    this.#running = true;
    this.#isTouched = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const files = this.#options.takeUnsynced();
      const end = this.#options.end();
      await Promise.all(files.map((file) => file.sync()));
      this.#synced = end;
    } catch (error) {
      this.#failed = true;
      this.#options.onFailure(error);
      return;
    }
    this.#running = false;
    for (const resolve of waiting) resolve();
    if (this.#waiting.length > 0) this.#start();
    else if (this.#isTouched) this.touch();
  }
}
