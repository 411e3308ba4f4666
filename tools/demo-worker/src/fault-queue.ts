import type { DemoBehaviour } from './behaviour.ts';

interface Entry {
  readonly behaviour: DemoBehaviour;
  left: number;
}

/** Behaviours for the next requests, whatever they ask for; first in, first out. */
export class FaultQueue {
  #entries: Entry[] = [];

  /** The next `count` requests, after those already spoken for, behave so. */
  add(count: number, behaviour: DemoBehaviour): void {
    if (!Number.isInteger(count) || count < 1) throw new Error('count: must be a whole number from 1');
    this.#entries.push({ behaviour, left: count });
  }

  /** The behaviour forced on the request that is there now. */
  next(): DemoBehaviour | undefined {
    const [entry] = this.#entries;
    if (entry === undefined) return undefined;
    if (--entry.left === 0) this.#entries.shift();
    return entry.behaviour;
  }

  /** Requests that still will be forced. */
  get pending(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.left, 0);
  }

  clear(): void {
    this.#entries = [];
  }
}
