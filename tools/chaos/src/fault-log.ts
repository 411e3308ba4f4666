const problemsToldMax = 20;

/** Tells a person what happens, and counts it. */
export class FaultLog {
  readonly counts = new Map<string, number>();
  readonly #write: (line: string) => void;
  readonly #startedAt = performance.now();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  tell(line: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1_000).toFixed(1).padStart(7);
    this.#write(`${seconds} s  ${line}\n`);
  }

  /** Tells the first of what is wrong, and the totals. */
  tellResult({ problems, line }: { readonly problems: readonly string[]; readonly line: string }): void {
    for (const problem of problems.slice(0, problemsToldMax)) this.tell(`WRONG: ${problem}`);
    this.tell(line);
  }

  /** `12 kill edge, 3 erase kafka`. */
  get summary(): string {
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([fault, times]) => `${times} ${fault}`).join(', ');
  }
}
