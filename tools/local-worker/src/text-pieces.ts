import type { Engine } from './engine.ts';
import { tokensPerCharacterMax } from './limits.ts';

/**
 * Turns tokens into text that can be sent. Half characters, and text that may turn out to be the beginning of a stop string,
 * are held back.
 */
export class TextPieces {
  readonly #engine: Pick<Engine, 'detokenize'>;
  readonly #stops: readonly string[];
  #before: readonly number[];
  #pending: number[] = [];
  #held = '';
  #stop: string | undefined;

  constructor(engine: Pick<Engine, 'detokenize'>, stops: readonly string[], prompt: readonly number[]) {
    this.#engine = engine;
    this.#stops = stops;
    this.#before = prompt.slice(-tokensPerCharacterMax);
  }

  /** The stop string that was met. Its text, and what follows, is never returned. */
  get stop(): string | undefined {
    return this.#stop;
  }

  /** Takes a token; returns the text that is certain now, often nothing. */
  add(token: number): string {
    this.#pending.push(token);
    const text = this.#engine.detokenize(this.#pending, this.#before);
    if (text.endsWith('\ufffd') && this.#pending.length < tokensPerCharacterMax) return '';
    this.#before = [...this.#before, ...this.#pending].slice(-tokensPerCharacterMax);
    this.#pending = [];
    return this.#release(text);
  }

  /** What is still held back when the answer ends without another token. */
  rest(): string {
    const text = this.#pending.length === 0 ? '' : this.#engine.detokenize(this.#pending, this.#before);
    this.#pending = [];
    const rest = this.#release(text) + this.#held;
    this.#held = '';
    return rest;
  }

  #release(text: string): string {
    if (this.#stop !== undefined) return '';
    const all = this.#held + text;
    let first = all.length;
    for (const stop of this.#stops) {
      const at = all.indexOf(stop);
      if (at < 0 || at >= first) continue;
      first = at;
      this.#stop = stop;
    }
    const certain = this.#stop === undefined ? all.length - longestBeginning(all, this.#stops) : first;
    this.#held = this.#stop === undefined ? all.slice(certain) : '';
    return all.slice(0, certain);
  }
}

/** How many of the last characters of `text` could be the beginning of a stop string. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
