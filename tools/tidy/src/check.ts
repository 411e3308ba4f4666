import type { Repository } from './repository.ts';

/** What is wrong and where: `file:line: sentence`, or `file: sentence`. */
export type Problem = string;

/** A rule of the house that a program can hold the repository to. */
export interface Check {
  /** A sentence that is true when nothing is wrong. */
  readonly name: string;
  find(repository: Repository): readonly Problem[];
}
