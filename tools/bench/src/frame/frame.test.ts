import { expect, test } from '@jest/globals';
import type { Measurement } from './bench.ts';
import { measure } from './measure.ts';
import { parseArguments } from './parse-arguments.ts';
import { cpuMicrosecondsOf, processTree, residentBytesOf } from './process-usage.ts';
import { reportAsJson, reportAsMarkdown } from './report.ts';
import { runBench } from './run-bench.ts';
import { spreadOf } from './spread.ts';
import { writeTables } from './write-tables.ts';

const circumstances = { bench: 'b', time: '2026-01-02T03:04:05.678Z', cpu: 'a processor', cores: 2, node: '24.0.0', load: 0.25, seconds: 1 };

function measurementOf(order: string[]): Measurement {
  const caseOf = (name: string, values: number[]) => ({
    name,
    run: (seconds: number) => {
      order.push(name);
      return Promise.resolve({ cost: (values[order.filter((entry) => entry === name).length - 1] ?? 0) * seconds });
    },
  });
  return {
    name: 'small',
    title: 'small things',
    columns: { cost: { unit: 'µs', ratio: true }, other: { unit: 'ms' } },
    baseline: 'plain',
    cases: [caseOf('plain', [99, 2, 4, 3]), caseOf('full', [99, 6, 5, 7])],
    bars: [
      { name: 'full of plain', unit: '×', atMost: 2, value: (median) => median('full', 'cost') / median('plain', 'cost') },
      { name: 'less than a bound', unit: 'µs', atLeast: 1, value: (median) => median('full', 'cost') },
      { name: 'nobody measured it', unit: 'ms', atMost: 1, value: (median) => median('full', 'other') },
    ],
  };
}

test('rounds of the cases alternate, after a warm-up that does not count', async () => {
  const order: string[] = [];
  const { spreads } = await measure(measurementOf(order), 1, 3, () => undefined);
  expect(order).toEqual(['plain', 'full', 'plain', 'full', 'full', 'plain', 'plain', 'full']);
  expect(spreads['plain']?.['cost']).toEqual({ median: 3, min: 2, max: 4 });
  expect(spreads['full']?.['cost']).toEqual({ median: 6, min: 5, max: 7 });
});

test('a bar is met, not met, or not measured', async () => {
  const { bars } = await measure(measurementOf([]), 1, 3, () => undefined);
  expect(bars.map(({ value, met }) => [value, met])).toEqual([
    [2, true],
    [6, true],
    [Number.NaN, undefined],
  ]);
  const slower = { ...measurementOf([]), bars: [{ name: 'full', unit: 'µs', atMost: 5, value: (median: (of: string, column: string) => number) => median('full', 'cost') }] };
  expect((await measure(slower, 1, 3, () => undefined)).bars[0]?.met).toBe(false);
});

test('a median of no rounds is no number, and that of two lies between them', () => {
  expect(spreadOf([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
  expect(spreadOf([3, Number.NaN, 1])).toEqual({ median: 2, min: 1, max: 3 });
});

test('a report is tables for people and one line for programs', async () => {
  const measured = [await measure(measurementOf([]), 1, 3, () => undefined)];
  expect(reportAsMarkdown(circumstances, measured).split('\n')).toEqual([
    'Measured 2026-01-02 03:04 UTC on 2 cores of a processor, Node 24.0.0, 1 s a round, load average 0.3 when it began.',
    '',
    '**small**: small things (median of 3 rounds, range)',
    '',
    '|       |      µs | × plain |  ms |',
    '|-------|--------:|--------:|----:|',
    '| plain | 3 (2–4) |    1.00 |   – |',
    '| full  | 6 (5–7) |    2.00 |   – |',
    '',
    '**Bars**',
    '',
    '|                    |    bar | measured |              |',
    '|--------------------|-------:|---------:|-------------:|',
    '| full of plain      |  ≤ 2 × |     2.00 |          met |',
    '| less than a bound  | ≥ 1 µs |     6.00 |          met |',
    '| nobody measured it | ≤ 1 ms |        – | not measured |',
  ]);
  const json = reportAsJson(circumstances, measured);
  expect(json).not.toContain('\n');
  expect(JSON.parse(json)).toMatchObject({ bench: 'b', measurements: { small: { rounds: 3, cases: { full: { cost: { median: 6 }, other: { median: null } } } } }, bars: [{ met: true }, { met: true }, { met: null }] });
});

test('tables replace a part of a document and nothing else', () => {
  const document = 'a\n<!-- bench x -->\nold\n<!-- end -->\nb\n<!-- bench y -->\n<!-- end -->\n';
  expect(writeTables(document, 'x', 'new')).toBe('a\n<!-- bench x -->\n\nnew\n\n<!-- end -->\nb\n<!-- bench y -->\n<!-- end -->\n');
  expect(() => writeTables(document, 'z', 'new')).toThrow('no part between <!-- bench z -->');
});

test('the command line names a bench, and bad numbers are refused', () => {
  expect(parseArguments(['edge', 'small', '--json', '--seconds', '2'])).toEqual({ bench: 'edge', measurements: ['small'], seconds: 2, rounds: 5, json: true, write: undefined, profile: undefined });
  expect(() => parseArguments([])).toThrow('say which bench');
  expect(() => parseArguments(['edge', '--seconds', '0'])).toThrow('--seconds is a number up to 600');
});

test('what a bench started is stopped, last one first, also when it fails', async () => {
  const order: string[] = [];
  const bench = {
    name: 'b',
    prepare: ({ onStop }: { onStop: (stop: () => unknown) => void }) => {
      onStop(() => order.push('first'));
      onStop(() => order.push('second'));
      return Promise.resolve([{ ...measurementOf([]), cases: [{ name: 'plain', run: () => Promise.reject(new Error('it broke')) }] }]);
    },
  };
  const options = parseArguments(['b', '--rounds', '1', '--seconds', '1']);
  await expect(runBench(bench, options, process.env, () => undefined)).rejects.toThrow('it broke');
  expect(order).toEqual(['second', 'first']);
  await expect(runBench(bench, { ...options, measurements: ['large'] }, process.env, () => undefined)).rejects.toThrow('no such measurement: large; there are: small');
});

test('CPU time grows with work, and a process that is gone has no figures', () => {
  const before = cpuMicrosecondsOf([process.pid]);
  for (const end = performance.now() + 20; performance.now() < end; );
  expect(cpuMicrosecondsOf([process.pid])).toBeGreaterThan(before);
  expect(residentBytesOf([process.pid])).toBeGreaterThan(1_000_000);
  expect(processTree(process.pid)).toContain(process.pid);
  const none = 4_194_304;
  expect([cpuMicrosecondsOf([none]), residentBytesOf([none])]).toEqual([Number.NaN, Number.NaN]);
});
