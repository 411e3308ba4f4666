import { randomInt } from 'node:crypto';
import { encodingsOf, type Needle, type Quarry } from './encodings.ts';

/** Letters that hex and most words lack, so that no text and no id looks like a canary. */
const letters = 'ghjkmnpqrvwxyz';
const digits = '23456789';
/** Characters that all canaries of a set begin with. */
const markPairs = 8;

/** What a finding is called of which only the beginning is left. */
export const unknownLabel = 'unknown';

/** Unique markers that stand for content: one text to look for, and a name for each place that it was put in. */
export class CanarySet implements Quarry {
  /** What every canary of this set begins with; 16 characters. */
  readonly mark = randomPairs(markPairs);
  readonly #labels = new Map<string, string>();

  /** The needles by which any canary of this set is found. */
  readonly needles: readonly Needle[] = encodingsOf(this.mark);

  /** Makes a canary for a place; `label` is what findings call it. */
  mint(label: string): string {
    const canary = `${this.mark}${randomPairs(3)}`;
    this.#labels.set(canary, label);
    return canary;
  }

  /** Which canary stands at a finding: its label, `unknownLabel` where only its beginning is left. `window`: the bytes from the finding on. */
  labelAt(window: Buffer, encoding: string): string {
    for (const [canary, label] of this.#labels) {
      if (encodingsOf(canary).some((needle) => needle.encoding === encoding && window.includes(needle.bytes))) return label;
    }
    return unknownLabel;
  }
}

function randomPairs(count: number): string {
  return Array.from({ length: count }, () => `${letters[randomInt(letters.length)]}${digits[randomInt(digits.length)]}`).join('');
}
