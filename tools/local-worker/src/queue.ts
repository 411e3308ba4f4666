/** Lets one at a time in, in order, and a bounded number wait. */
export class Queue {
  readonly #lengthMax: number;
  readonly #waiting = new Set<() => void>();
  #running = false;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get running(): number {
    return this.#running ? 1 : 0;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get full(): boolean {
    return this.#running && this.#waiting.size >= this.#lengthMax;
  }

  /** Waits for its turn, then runs `task`; does not run it when `signal` aborts before. Throws when the queue is full: ask `full` first. */
  async run(signal: AbortSignal, task: () => Promise<void>): Promise<void> {
    if (this.full) throw new Error('the queue is full');
    if (this.#running && !(await this.#turn(signal))) return;
    this.#running = true;
    try {
      // A turn that came together with the abort is passed on like any other.
      if (!signal.aborted) await task();
    } finally {
      this.#next();
    }
  }

  /** True when it is this one's turn, false when it left the queue. */
  #turn(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiting.delete(start);
        resolve(false);
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      if (signal.aborted) return resolve(false);
      this.#waiting.add(start);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#running = false;
      return;
    }
    this.#waiting.delete(first);
    first();
  }
}
