import { errorCatalogue, type ErrorEntry } from '@tacet/errors';
import type { Check } from '../check.ts';
import { errorsPageFile, renderErrorsPage } from '../errors-page.ts';

/** Whoever meets a code must find it. */
export function checkDocumentedErrors(catalogue: Readonly<Record<string, ErrorEntry>> = errorCatalogue): Check {
  return {
    name: 'docs/errors.md tells of every error code and is current',
    find: (repository) => {
      if (!repository.has(errorsPageFile)) return [`${errorsPageFile}: there is no such page; npm run tidy -- --write makes it`];
      const page = repository.read(errorsPageFile);
      const missing = Object.keys(catalogue).filter((code) => !page.includes(`\`${code}\``)).map((code) => `${errorsPageFile}: it does not tell of ${code}`);
      if (missing.length > 0) return missing;
      return page === renderErrorsPage(catalogue) ? [] : [`${errorsPageFile}: it is not what the catalogue says; npm run tidy -- --write makes it anew`];
    },
  };
}
