import { checkRecordCase } from './check-record-case.ts';
import { checkSalamander } from './check-salamander.ts';
import { checkWrappedDekCase } from './check-wrapped-dek-case.ts';
import { readVectorFile, VectorFileError, type VectorFile } from './vector-file.ts';

/** What is printed, and the exit code: 0 all hold, 1 a case failed, 2 the file is no file of vectors. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1 | 2;
}

/** Checks every case of a file: a line for each that failed, then `N ok, N failed`. */
export function checkFile(file: string): Outcome {
  let vectors: VectorFile;
  try {
    vectors = readVectorFile(file);
  } catch (error) {
    if (!(error instanceof VectorFileError)) throw error;
    return { lines: [error.message], exitCode: 2 };
  }
  const results = checkCases(vectors);
  const failed = results.filter(({ problems }) => problems.length > 0);
  const lines = failed.map(({ name, problems }) => `FAILED ${name}: ${problems.join('; ')}`);
  return { lines: [...lines, `${results.length - failed.length} ok, ${failed.length} failed`], exitCode: failed.length === 0 ? 0 : 1 };
}

interface CaseResult {
  readonly name: string;
  readonly problems: readonly string[];
}

function checkCases(vectors: VectorFile): readonly CaseResult[] {
  if (vectors.kind === 'salamander') return [{ name: 'salamander', problems: checkSalamander(vectors.salamander) }];
  if (vectors.kind === 'records') return vectors.cases.map((entry) => ({ name: entry.name, problems: checkRecordCase(entry) }));
  return vectors.cases.map((entry) => ({ name: entry.name, problems: checkWrappedDekCase(entry) }));
}
