import type { SpoolFile, SpoolFiles } from '../src/spool/spool-files.ts';

const sectorBytes = 512;

interface Content {
  /** What the process sees: the page cache. */
  cached: Buffer;
  /** What the disk has. */
  durable: Buffer;
}

/** Thrown in place of a write when the process is to die there. */
export class Killed extends Error {}

/**
 * Files in memory that behave as a disk under faults: `kill` leaves the page cache as it is; `losePower` takes
 * back what was not synced, sector by sector as the argument decides; `killAtWrite` dies at a chosen write.
 * Handles of a dead process do nothing.
 */
export class ForgetfulFiles {
  readonly #contents = new Map<string, Content>();
  #generation = 0;
  #writesLeft = Infinity;
  syncs = 0;
  failure: Error | undefined;

  /** The file operations of a newly started process. */
  start(): SpoolFiles {
    const generation = this.#generation;
    const make = (name: string, size: number) => {
      this.#contents.set(name, { cached: Buffer.alloc(size), durable: Buffer.alloc(size) });
      return this.#handle(name, generation);
    };
    return {
      list: () => [...this.#contents.keys()],
      open: (name) => this.#handle(name, generation),
      create: make,
      prepare: async (name, size) => make(name, size),
      rename: (from, to) => {
        this.#contents.set(to, this.#content(from));
        this.#contents.delete(from);
      },
      remove: (name) => void this.#contents.delete(name),
    };
  }

  /** `kill -9`. */
  kill(): void {
    this.#generation++;
    this.#writesLeft = Infinity;
  }

  /** The power goes; `keeps` says of each unsynced sector whether it had reached the disk all the same. */
  losePower(keeps: () => boolean): void {
    this.kill();
    for (const content of this.#contents.values()) {
      for (let at = 0; at < content.cached.length; at += sectorBytes) {
        const cached = content.cached.subarray(at, at + sectorBytes);
        const durable = content.durable.subarray(at, at + sectorBytes);
        if (cached.equals(durable)) continue;
        if (keeps()) cached.copy(durable);
        else durable.copy(cached);
      }
    }
  }

  /** The write after the next `count` ones throws `Killed`. */
  killAtWrite(count: number): void {
    this.#writesLeft = count;
  }

  content(name: string): Buffer {
    return this.#content(name).cached;
  }

  names(): string[] {
    return [...this.#contents.keys()].sort();
  }

  #content(name: string): Content {
    const content = this.#contents.get(name);
    if (!content) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return content;
  }

  #handle(name: string, generation: number): SpoolFile {
    const content = this.#content(name);
    const isAlive = () => generation === this.#generation;
    const makeDurable = () => {
      if (this.failure) throw this.failure;
      this.syncs++;
      if (isAlive()) content.cached.copy(content.durable);
    };
    return {
      size: content.cached.length,
      write: (bytes, from, to, position) => {
        if (!isAlive()) return;
        if (this.failure) throw this.failure;
        if (this.#writesLeft-- <= 0) throw new Killed();
        bytes.copy(content.cached, position, from, to);
      },
      read: (target, position) => void content.cached.copy(target, 0, position, position + target.length),
      sync: async () => {
        await Promise.resolve();
        makeDurable();
      },
      syncNow: makeDurable,
      close: () => undefined,
    };
  }
}
