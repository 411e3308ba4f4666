import { paint, type Terminal } from './terminal.ts';

const titleWidth = 14;

/** Tells people what is going on, one calm line at a time. */
export class Reporter {
  readonly #terminal: Terminal;
  #underway: string | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get terminal(): Terminal {
    return this.#terminal;
  }

  /**
   * Tells of one step while it is under way and when it is done, with its time and what it came to. `work` may
   * have been begun earlier (`begunMs` on the clock of `performance.now()`).
   */
  async step<T extends { readonly told: string }>(title: string, work: Promise<T>, begunMs = performance.now()): Promise<T> {
    this.#show(`  ${paint(this.#terminal, 'dim', '·')} ${title}`);
    try {
      const result = await work;
      const ms = performance.now() - begunMs;
      this.#finish(`  ${paint(this.#terminal, 'green', '✓')} ${title.padEnd(titleWidth)} ${paint(this.#terminal, 'dim', seconds(ms))}   ${result.told}`);
      return result;
    } catch (error) {
      this.#finish(`  ${paint(this.#terminal, 'red', '✗')} ${title}`);
      throw error;
    }
  }

  /** A line of its own, also while a step is under way. */
  line(text = ''): void {
    const underway = this.#underway;
    this.#finish(text);
    if (underway !== undefined) this.#show(underway);
  }

  /** Something that people should look at. */
  warn(text: string): void {
    this.line(`  ${paint(this.#terminal, 'yellow', '!')} ${text}`);
  }

  /** Shown until it is done, where lines can be overwritten. */
  #show(text: string): void {
    if (!this.#terminal.interactive) return;
    this.#underway = text;
    this.#terminal.write(text);
  }

  #finish(text: string): void {
    this.#terminal.write(this.#underway === undefined ? `${text}\n` : `\r\u001b[K${text}\n`);
    this.#underway = undefined;
  }
}

/** `1234` → `   1.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
