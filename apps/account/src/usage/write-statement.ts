import { idBytes } from '../identifiers.ts';
import { statementLineResource, toStatementLineResource, type StatementLineResource } from '../http/resources/statement-resource.ts';
import { peerError, type Peers } from '../peers.ts';

/** How long billing may take for a whole statement, a slow reader included. */
const statementMs = 600_000;

export interface StatementQuery {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The lines of an account's statement as billing gives them. Throws `unavailable`. */
export async function* readStatement(
  ledger: Peers['ledger'],
  accountId: string,
  { fromMs, toMs }: StatementQuery,
): AsyncGenerator<StatementLineResource> {
  try {
    for await (const line of ledger.ListStatement({ accountId: idBytes(accountId), fromMs, toMs }, { deadlineMs: statementMs }))
      yield toStatementLineResource(line);
  } catch (error) {
    throw peerError(error);
  }
}

/** A statement as the pieces of one JSON document. */
export async function* statementAsJson(lines: AsyncIterable<StatementLineResource>): AsyncGenerator<string> {
  let head = '{"lines":[';
  for await (const line of lines) {
    yield head + JSON.stringify(line);
    head = ',';
  }
  yield head === ',' ? ']}' : `${head}]}`;
}

const columns = Object.keys(statementLineResource.shape) as readonly (keyof StatementLineResource)[];

/** A statement as CSV (RFC 4180): a line of names, then one of values each. */
export async function* statementAsCsv(lines: AsyncIterable<StatementLineResource>): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const line of lines) yield `${columns.map((name) => csvField(line[name])).join(',')}\r\n`;
}

/** A value as a field. A text that a spreadsheet would take for a formula is made a text by an apostrophe; numbers are left. */
function csvField(value: string | number | boolean | null): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
