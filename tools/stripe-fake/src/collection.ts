import { objectsMax } from './limits.ts';
import { resourceMissing, StripeError } from './wire/stripe-error.ts';

/** Objects of one kind, in the order in which they were made. */
export class Collection<T extends { readonly id: string }> {
  /** What Stripe's messages call one of them. */
  readonly noun: string;
  readonly #whenFull: 'refuse' | 'forget';
  readonly #byId = new Map<string, T>();

  constructor(noun: string, whenFull: 'refuse' | 'forget' = 'refuse') {
    this.noun = noun;
    this.#whenFull = whenFull;
  }

  /** Adds and returns it. Throws where the collection is full and may not forget. */
  add(object: T): T {
    if (this.#byId.size >= objectsMax) this.#makeRoom();
    this.#byId.set(object.id, object);
    return object;
  }

  #makeRoom(): void {
    const [oldest] = this.#byId.keys();
    if (this.#whenFull === 'refuse' || oldest === undefined) throw new StripeError(500, 'api_error', `The fake holds ${objectsMax} objects of the kind ${this.noun} and takes no more.`);
    this.#byId.delete(oldest);
  }

  find(id: string): T | undefined {
    return this.#byId.get(id);
  }

  /** The object with this id; `param` is where the id came from. Throws `StripeError` where there is none. */
  get(id: string, param = 'id'): T {
    const object = this.#byId.get(id);
    if (object === undefined) throw resourceMissing(this.noun, id, param);
    return object;
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  /** All of them, the newest first. */
  newestFirst(): T[] {
    return [...this.#byId.values()].toReversed();
  }

  get size(): number {
    return this.#byId.size;
  }
}
