/** A part of a source file that is replaced. */
export interface Replacement {
  /** Relative to the repository. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A rule of the product that is taken away in a copy of its sources, to see that a run then ends red. */
export interface Break {
  readonly name: string;
  /** The rule. */
  readonly sentence: string;
  readonly replacements: readonly Replacement[];
  /** Arguments of the run that shows it within a minute. */
  readonly shownBy: readonly string[];
}
