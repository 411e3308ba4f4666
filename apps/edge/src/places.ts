/** Something that knows its place in a list. */
export interface Placed {
  /** Read and set by the list alone. */
  place: number;
}

/**
 * Things in no order that come and go all the time, each found by its place.
 *
 * An array, because a `Set` that is added to and deleted from without end makes V8 keep what was deleted: each of its tables,
 * once it is outgrown, points to the next one, and the first that reaches the old generation takes all later ones there with
 * all that they held.
 */
export class Places<T extends Placed> {
  readonly #all: T[] = [];

  get size(): number {
    return this.#all.length;
  }

  add(one: T): void {
    one.place = this.#all.push(one) - 1;
  }

  /** Whether it was there. */
  remove(one: T): boolean {
    if (this.#all[one.place] !== one) return false;
    const last = this.#all.pop();
    if (last !== undefined && last !== one) {
      this.#all[one.place] = last;
      last.place = one.place;
    }
    return true;
  }

  /** Each that is there, from the end: one that leaves meanwhile has its place taken by one that was visited. */
  visit(visit: (one: T) => void): void {
    for (let place = this.#all.length - 1; place >= 0; place--) {
      const one = this.#all[place];
      if (one !== undefined) visit(one);
    }
  }

  /** A copy, for what makes many leave. */
  all(): T[] {
    return this.#all.slice();
  }
}
