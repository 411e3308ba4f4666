import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from '@tacet/servers';

/** A running server or process, whichever started it. */
export interface Child {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<Ending>;
}

/** How a child is started, now and each time it dies. */
export interface ChildDefinition<C extends Child> {
  readonly name: string;
  readonly start: () => Promise<C>;
  /** Resolves when it serves. */
  readonly ready: (child: C) => Promise<void>;
}

/** What a supervisor tells of. */
export interface SupervisorEvents {
  died(name: string, how: string, againInMs: number): void;
  back(name: string): void;
  /** The set of running children has changed. */
  changed(): void;
}

/** The first wait before a child that died is started again; it doubles with each death. */
const backOffFirstMs = 500;
const backOffMsMax = 30_000;
/** A child that has run this long begins with the first wait again. */
const settledMs = 60_000;

/** Keeps children running: one that dies is named and started again. Stops them in the order that it is told. */
export class Supervisor {
  readonly #events: SupervisorEvents;
  readonly #running = new Map<string, Child>();
  readonly #stopping = new AbortController();
  /** Starts and watches that are under way. */
  readonly #work = new Set<Promise<unknown>>();

  constructor(events: SupervisorEvents) {
    this.#events = events;
  }

  /** Process ids of the children that run now. */
  get pids(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#running].map(([name, { pid }]) => [name, pid]));
  }

  /** Starts a child and waits until it serves. Throws when it ends before that; from then on it is started again when it ends. */
  async add<C extends Child>(definition: ChildDefinition<C>): Promise<C> {
    const child = await this.#run(definition);
    await definition.ready(child);
    void this.#track(this.#watch(definition, child, performance.now()));
    return child;
  }

  /**
   * Stops what runs, one group of names after the other; within a group all at once. `stages`: names, and how long
   * they have before they are killed.
   */
  async stop(stages: readonly { readonly names: readonly string[]; readonly ms: number }[]): Promise<void> {
    this.#stopping.abort();
    for (const { names, ms } of stages) {
      await Promise.all(
        names.map(async (name) => {
          const child = this.#running.get(name);
          if (child === undefined) return;
          const timer = setTimeout(() => child.signal('SIGKILL'), ms);
          await child.stop();
          clearTimeout(timer);
        }),
      );
    }
    // What was being started meanwhile has been stopped by whoever started it.
    await Promise.allSettled(this.#work);
  }

  /** Kills everything at once. */
  kill(): void {
    this.#stopping.abort();
    for (const child of this.#running.values()) child.signal('SIGKILL');
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  #run<C extends Child>(definition: ChildDefinition<C>): Promise<C> {
    return this.#track(this.#start(definition));
  }

  async #start<C extends Child>({ name, start }: ChildDefinition<C>): Promise<C> {
    if (this.#stopping.signal.aborted) throw new Error(`${name} is not started any more`);
    const child = await start();
    this.#running.set(name, child);
    this.#events.changed();
    void this.#forgetWhenEnded(name, child);
    // It was stopped while it was being started.
    if (this.#stopping.signal.aborted) await child.stop();
    return child;
  }

  async #forgetWhenEnded(name: string, child: Child): Promise<void> {
    await child.ended;
    if (this.#running.get(name) === child) this.#running.delete(name);
  }

  async #watch<C extends Child>(definition: ChildDefinition<C>, first: C, firstReadyMs: number): Promise<void> {
    let child: C | undefined = first;
    let readyMs = firstReadyMs;
    let backOffMs = backOffFirstMs;
    for (;;) {
      const ending: Ending | undefined = await child?.ended;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - readyMs > settledMs) backOffMs = backOffFirstMs;
      this.#events.died(definition.name, describeEnding(ending), backOffMs);
      try {
        await sleep(backOffMs, undefined, { signal: this.#stopping.signal });
      } catch {
        // Stopped while it waited.
        return;
      }
      backOffMs = Math.min(backOffMs * 2, backOffMsMax);
      child = await this.#startAgain(definition);
      readyMs = performance.now();
    }
  }

  /** Undefined when it did not come to serve; then it has ended. */
  async #startAgain<C extends Child>(definition: ChildDefinition<C>): Promise<C | undefined> {
    let child: C | undefined;
    try {
      child = await this.#run(definition);
      await definition.ready(child);
      if (!this.#stopping.signal.aborted) this.#events.back(definition.name);
      return child;
    } catch {
      // Its log says why; the caller tells that it died.
      await child?.stop();
      return undefined;
    }
  }
}

function describeEnding(ending: Ending | undefined): string {
  if (ending === undefined) return 'did not start';
  return ending.signal === undefined ? `ended with code ${ending.code}` : `was ended by signal ${ending.signal}`;
}
