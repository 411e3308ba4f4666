/** The command line was used wrongly, or lacks a setting: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
