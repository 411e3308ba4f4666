/** A file or function that is larger than the house allows, with the reason, and the size that it may not exceed. */
export interface SizeException {
  /** `file`, or `file#function`. */
  readonly where: string;
  /** Lines today. It may shrink (then lower the number), never grow. */
  readonly lines: number;
  readonly reason: string;
}

/** Listed exceptions to the sizes of files and functions. */
export const sizeExceptions: readonly SizeException[] = [];

/** Listed files that are binary or large, with the reason. */
export const binaryExceptions: readonly { readonly file: string; readonly reason: string }[] = [];

/** Listed files with a test that does not always run, with the reason. */
export const focusExceptions: readonly { readonly file: string; readonly reason: string }[] = [
  { file: 'tools/servers/tests/postgres-as-root.test.ts', reason: 'what root does can be tested only as root' },
];
