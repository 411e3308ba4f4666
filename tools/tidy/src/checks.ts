import type { Check } from './check.ts';
import { checkCommittedOutput } from './checks/committed-output.ts';
import { checkDependencies } from './checks/dependencies.ts';
import { checkDocumentedErrors } from './checks/documented-errors.ts';
import { checkDocumentedLimits } from './checks/documented-limits.ts';
import { checkDocumentedVariables } from './checks/documented-variables.ts';
import { checkEnvironment } from './checks/environment.ts';
import { checkFileLength } from './checks/file-length.ts';
import { checkFocusedTests } from './checks/focused-tests.ts';
import { checkForbiddenWords } from './checks/forbidden-words.ts';
import { checkFunctionLength } from './checks/function-length.ts';
import { checkGeneratedProtos } from './checks/generated-protos.ts';
import { checkProjectList } from './checks/project-list.ts';
import { checkProjectReferences } from './checks/project-references.ts';
import { checkReadmes } from './checks/readmes.ts';
import { checkRegistryAddresses } from './checks/registry-addresses.ts';
import { checkRelativeImports } from './checks/relative-imports.ts';

/** All rules that a program can check, beside those of the linter and the compiler. */
export function allChecks(root: string): readonly Check[] {
  return [
    checkFileLength(),
    checkFunctionLength(),
    checkReadmes,
    checkFocusedTests(),
    checkEnvironment,
    checkRelativeImports,
    checkDependencies,
    checkProjectList,
    checkProjectReferences,
    checkGeneratedProtos(root),
    checkDocumentedErrors(),
    checkDocumentedVariables,
    checkDocumentedLimits,
    checkRegistryAddresses,
    checkForbiddenWords,
    checkCommittedOutput(),
  ];
}
