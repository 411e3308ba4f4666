/** What one part of a run came to: a check, or all tests of a project. */
export interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly ms: number;
  /** What failed, a line each; also what a reader must know of a project that passed (it has no tests). */
  readonly remarks: readonly string[];
}

/** What jest writes with `--json`, as far as it matters here. */
export interface JestReport {
  readonly success: boolean;
  readonly startTime: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly status: string;
    readonly endTime: number;
    /** Why the file could not be run. */
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages?: readonly string[] | null }[];
  }[];
}

const reasonLinesMax = 12;
const reasonLineCharactersMax = 200;

/** The result of a project from jest's report; undefined stands for a report that is not there. */
export function resultOf(project: { readonly name: string; readonly folder: string; readonly hasTests: boolean }, report: JestReport | undefined): Result {
  const { name, folder, hasTests } = project;
  if (!hasTests) return { name, passed: 0, failed: 0, ms: 0, remarks: ['has no tests'] };
  if (report === undefined) return { name, passed: 0, failed: 1, ms: 0, remarks: ['did not report'] };
  const remarks: string[] = [];
  let failed = report.numFailedTests;
  for (const file of report.testResults) {
    const shown = file.name.slice(file.name.indexOf(folder) + folder.length + 1);
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'failed') remarks.push(`${shown}: ${fullName}`, ...reasonOf(failureMessages?.[0]));
    }
    // The file broke before or beside its tests.
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      failed++;
      remarks.push(`${shown}: could not be run`, ...reasonOf(file.message));
    }
  }
  if (report.numPendingTests > 0) remarks.push(`${report.numPendingTests} skipped`);
  if (failed === 0 && (!report.success || report.numPassedTests === 0)) {
    failed = 1;
    remarks.push(report.success ? 'ran no test' : 'failed as a whole');
  }
  const endTime = Math.max(report.startTime, ...report.testResults.map((file) => file.endTime));
  return { name, passed: report.numPassedTests, failed, ms: endTime - report.startTime, remarks };
}

/** The first lines of a failure, without colours and the stack: enough to know what happened where only the end of a run is kept. */
function reasonOf(message = ''): string[] {
  // oxlint-disable-next-line no-control-regex -- colours begin with one
  const lines = message.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !/^\s*at /.test(line))
    .slice(0, reasonLinesMax)
    .map((line) => `    ${line.slice(0, reasonLineCharactersMax)}`);
}
