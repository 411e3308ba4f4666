import type { Application } from '@tacet/constellation';
import type { SinkName } from './sinks.ts';
import type { World } from './world.ts';

/** One exchange of text in one file of the sources; the text must be there exactly once. */
export interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A known way to break a claim, applied to a copy of the sources. The product itself has no switch for it. */
export interface Mutation {
  /** What it does, as a sentence without its end. */
  readonly what: string;
  /** Which processes run from the patched copy. */
  readonly processes: readonly Application[];
  readonly patches: readonly Patch[];
}

/** A sentence that is published, and what shows that it is so. */
export interface Claim {
  readonly id: `C${number}`;
  readonly sentence: string;
  /** What the sentence does not say. */
  readonly caveat?: string;
  /** Where it looks. */
  readonly sinks: readonly SinkName[];
  readonly mutation: Mutation;
  /** Further ways, each of which must be noticed too; tried with `--long`. */
  readonly further?: readonly Mutation[];
  /** Returns when the sentence holds in this world. Throws `ClaimBroken` when it does not, anything else when that cannot be told. */
  check(world: World): Promise<void>;
}

/** The sentence is not so. The message says what was seen, never a canary. */
export class ClaimBroken extends Error {
  override readonly name = 'ClaimBroken';
}

/** Throws `ClaimBroken` unless `condition`. */
export function hold(condition: boolean, seen: string): asserts condition {
  if (!condition) throw new ClaimBroken(seen);
}

/** A control that must succeed before a refusal means anything; throws a plain `Error`. */
export function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the proof itself does not work: ${what}`);
}
