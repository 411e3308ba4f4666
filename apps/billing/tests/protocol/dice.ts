/** Chance that follows from a seed. When the world is calm nothing goes wrong any more. */
export class Dice {
  isCalm = false;
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** An integer of `[min, max]`. */
  int(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  /** Whether something goes wrong. */
  chance(probability: number): boolean {
    return !this.isCalm && this.random() < probability;
  }

  /** Whether something happens; always when the world is calm. */
  often(probability: number): boolean {
    return this.isCalm || this.random() < probability;
  }
}
