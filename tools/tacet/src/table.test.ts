import { expect, test } from '@jest/globals';
import { choosePaint, printable, type Paint } from './paint.ts';
import { renderProgress } from './progress-bar.ts';
import { renderFields, renderTable, StreamedTable } from './table.ts';

const plain: Paint = (_, text) => text;
const columns = [{ title: 'NAME' }, { title: 'USD', align: 'right' as const }, { title: 'NOTE' }];

test('columns are as wide as their widest cell, and numbers stand to the right', () => {
  expect(
    renderTable(
      columns,
      [
        ['a', '12.50', 'x'],
        ['longer', '0.05', ''],
      ],
      plain,
    ),
  ).toBe('NAME      USD  NOTE\na       12.50  x\nlonger   0.05  \n');
});

test('named values stand in a column', () => {
  expect(
    renderFields(
      [
        ['a', '1'],
        ['bcd', '2'],
      ],
      plain,
    ),
  ).toBe('a    1\nbcd  2\n');
});

test('what a terminal would act on is taken out of names', () => {
  expect(printable('a\u001b[31mb\u202ec\n')).toBe('a\ufffd[31mb\ufffdc\ufffd');
  expect(renderTable([{ title: 'T' }], [['\u001b]0;x\u0007']], plain)).toBe('T\n\ufffd]0;x\ufffd\n');
});

test('a long table is written as it comes, and an empty one not at all', async () => {
  const written: string[] = [];
  const table = new StreamedTable(columns, async (text) => void written.push(text), plain);
  for (let i = 0; i < 201; i++) await table.add([`row ${i}`, '1', '']);
  expect(written).toHaveLength(2);
  await table.end();
  expect(written.join('').split('\n')).toHaveLength(203);
  const empty = new StreamedTable(columns, async (text) => void written.push(text), plain);
  await empty.end();
  expect(written).toHaveLength(2);
});

test('colours are for terminals without NO_COLOR', () => {
  const terminal = { isTTY: true } as never;
  expect(choosePaint(terminal, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(choosePaint(terminal, { NO_COLOR: '1' })('red', 'x')).toBe('x');
  expect(choosePaint(terminal, { TERM: 'dumb' })('red', 'x')).toBe('x');
  expect(choosePaint({} as never, {})('red', 'x')).toBe('x');
});

test('a style does not change how wide a cell is', () => {
  const painted = renderTable(
    [{ title: 'S', style: () => 'green' as const }, { title: 'N' }],
    [['ok', 'x']],
    (style, text) => `<${style}>${text}</>`,
  );
  expect(painted).toBe('<bold>S </>  <bold>N</>\n<green>ok</>  x\n');
});

test.each([
  [0n, 10n, '[------------------------------] 0 % (0 of 10)'],
  [5n, 10n, '[###############---------------] 50 % (5 of 10)'],
  [11n, 10n, '[##############################] 100 % (11 of 10)'],
  [0n, 0n, '[##############################] 100 % (0 of 0)'],
])('progress %d of %d', (done, total, bar) => {
  expect(renderProgress('x', done, total)).toBe(`x ${bar}`);
});
