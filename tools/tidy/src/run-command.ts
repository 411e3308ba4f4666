import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allChecks } from './checks.ts';
import { errorsPageFile, renderErrorsPage } from './errors-page.ts';
import { openRepository } from './repository.ts';

const usage = `Usage: npm run tidy [-- --write]

Holds the repository to the rules of the house that no linter knows. --write makes docs/errors.md anew first.
`;

/** Runs the command line; returns the exit code. */
export function runCommand(root: string, argv: readonly string[], write: (text: string) => void): number {
  if (argv.some((argument) => argument !== '--write')) {
    write(usage);
    return argv.includes('--help') ? 0 : 2;
  }
  if (argv.includes('--write')) writeFileSync(join(root, errorsPageFile), renderErrorsPage());
  const repository = openRepository(root);
  let count = 0;
  for (const check of allChecks(root)) {
    const problems = check.find(repository);
    count += problems.length;
    write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check.name}\n`);
    for (const problem of problems) write(`       ${problem}\n`);
  }
  write(count === 0 ? 'all is tidy\n' : `${count} problems\n`);
  return count === 0 ? 0 : 1;
}
