import { expect, test } from '@jest/globals';
import type { StatementLineResource } from '../http/resources/statement-resource.ts';
import { statementAsCsv, statementAsJson } from './write-statement.ts';

const line: StatementLineResource = {
  at: '2026-01-31T12:00:00.000Z',
  kind: 'usage',
  reference: '2026-01-30',
  counterpart: 'revenue:usage',
  amount_nano_usd: '-5',
  balance_nano_usd: '10',
  lost_nano_usd: '0',
  key_id: null,
  no_log: false,
  model: 'm',
  price_version: 1,
  input_tokens: '1',
  cached_tokens: '2',
  output_tokens: '3',
  transfer_id: null,
};

async function* linesOf(...lines: readonly StatementLineResource[]): AsyncGenerator<StatementLineResource> {
  yield* lines;
}

async function join(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

test('JSON is one document of any number of lines', async () => {
  for (const lines of [[], [line], [line, line, line]]) expect(JSON.parse(await join(statementAsJson(linesOf(...lines))))).toEqual({ lines });
});

test('CSV has a line of names and one of values each, and ends them as RFC 4180 says', async () => {
  expect((await join(statementAsCsv(linesOf(line)))).split('\r\n')).toEqual([
    Object.keys(line).join(','),
    '2026-01-31T12:00:00.000Z,usage,2026-01-30,revenue:usage,-5,10,0,,false,m,1,1,2,3,',
    '',
  ]);
});

test.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-x,y', `"'-x,y"`],
])('a model called %j cannot end a field, nor be taken for a formula', async (model, field) => {
  const text = await join(statementAsCsv(linesOf({ ...line, model })));
  expect(text).toContain(`,false,${field},1,`);
});
