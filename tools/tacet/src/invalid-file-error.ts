/** A file of the operator's is wrong; `problems` names every wrong place by its path and the rule it breaks. */
export class InvalidFileError extends Error {
  override readonly name = 'InvalidFileError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}
