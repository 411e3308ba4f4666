/** Bounds how many requests run at once, and counts them. */
export class Slots {
  readonly #max: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get full(): boolean {
    return this.#running >= this.#max;
  }

  /** Calls `start` when there is room: now, or after those who wait already. Returns what gives room or place back; once. */
  take(start: () => void): () => void {
    let state: 'waiting' | 'running' | 'gone' = 'waiting';
    const run = () => {
      state = 'running';
      this.#running++;
      start();
    };
    const release = () => {
      if (state === 'waiting') this.#waiting.delete(run);
      if (state === 'running') {
        this.#running--;
        this.#next();
      }
      state = 'gone';
    };
    if (this.full) this.#waiting.add(run);
    else run();
    return release;
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.full) return;
    this.#waiting.delete(first);
    first();
  }
}
