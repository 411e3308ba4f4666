import { errorCatalogue, type ErrorEntry } from '@tacet/errors';

/** Where the page stands. */
export const errorsPageFile = 'docs/errors.md';

const head = `# Errors

Made from \`libs/errors/src/catalogue.ts\` by \`npm run tidy -- --write\`; do not edit it here.

Over HTTP an error is \`{"error":{"message","type","param","code","doc_url"}, …}\`, with the code in \`error.code\`; over gRPC the code is in the
metadata \`tacet-code\`. "Again": whether the same call can succeed later, unchanged.
`;

/** The page of all error codes, in groups of a status. */
export function renderErrorsPage(catalogue: Readonly<Record<string, ErrorEntry>> = errorCatalogue): string {
  const groups = Map.groupBy(Object.entries(catalogue), ([, { http }]) => http);
  const statuses = [...groups.keys()].sort((a, b) => (a || 1_000) - (b || 1_000));
  const sections = statuses.map((status) => {
    const rows = (groups.get(status) ?? []).map(([code, { title, remedy, retry }]) => `| <a id="${code}"></a>\`${code}\` | ${cell(title)} | ${cell(remedy)} | ${retry ? 'yes' : 'no'} |`);
    return `## ${status === 0 ? 'Over gRPC only' : status}\n\n| code | what happened | what to do | again |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${head}\n${sections.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
