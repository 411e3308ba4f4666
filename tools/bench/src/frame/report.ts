import type { Spread } from './bench.ts';
import type { JudgedBar, Measured } from './measure.ts';

/** What the figures were taken on and how. */
export interface Circumstances {
  readonly bench: string;
  /** ISO 8601. */
  readonly time: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Load average over a minute when the run began: what else the machine did. */
  readonly load: number;
  readonly seconds: number;
}

/** The run as one JSON object, for programs. */
export function reportAsJson(circumstances: Circumstances, measured: readonly Measured[]): string {
  const measurements = Object.fromEntries(measured.map(({ measurement, rounds, spreads }) => [measurement.name, { rounds, cases: spreads }]));
  const bars = measured.flatMap(({ measurement, bars: judged }) =>
    judged.map(({ bar, value, met }) => ({ measurement: measurement.name, name: bar.name, unit: bar.unit, value: finite(value), atMost: bar.atMost, atLeast: bar.atLeast, met: met ?? null })),
  );
  return JSON.stringify({ ...circumstances, measurements, bars }, (_, value: unknown) => (typeof value === 'number' ? finite(value) : value));
}

/** The run as Markdown, which people can read as it is. */
export function reportAsMarkdown(circumstances: Circumstances, measured: readonly Measured[]): string {
  const { time, cpu, cores, node, load, seconds } = circumstances;
  const head = `Measured ${time.slice(0, 16).replace('T', ' ')} UTC on ${cores} cores of ${cpu}, Node ${node}, ${seconds} s a round, load average ${load.toFixed(1)} when it began.`;
  return [head, ...measured.map(section), barsTable(measured.flatMap(({ bars }) => bars))].filter((part) => part !== '').join('\n\n');
}

function section({ measurement, rounds, spreads }: Measured): string {
  const columns = Object.entries(measurement.columns);
  const { baseline } = measurement;
  const heads = columns.flatMap(([, { unit, ratio }]) => [unit, ...(ratio && baseline !== undefined ? [`× ${baseline}`] : [])]);
  const rows = Object.entries(spreads).map(([name, figures]) => [
    name,
    ...columns.flatMap(([column, { digits = 0, ratio }]) => {
      const spread = figures[column] ?? { median: Number.NaN, min: Number.NaN, max: Number.NaN };
      const base = baseline === undefined ? Number.NaN : (spreads[baseline]?.[column]?.median ?? Number.NaN);
      return [shown(spread, digits), ...(ratio && baseline !== undefined ? [shownNumber(spread.median / base, 2)] : [])];
    }),
  ]);
  return `**${measurement.name}**: ${measurement.title} (median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${rounds > 1 ? ', range' : ''})\n\n${table(['', ...heads], rows)}`;
}

function barsTable(bars: readonly JudgedBar[]): string {
  if (bars.length === 0) return '';
  const rows = bars.map(({ bar, value, met }) => {
    const bound = bar.atMost === undefined ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`;
    return [bar.name, `${bound} ${bar.unit}`.trim(), shownNumber(value, bar.digits ?? 2), met === undefined ? 'not measured' : met ? 'met' : '**not met**'];
  });
  return `**Bars**\n\n${table(['', 'bar', 'measured', ''], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function shown({ median, min, max }: Spread, digits: number): string {
  if (Number.isNaN(median)) return '–';
  return min === max ? shownNumber(median, digits) : `${shownNumber(median, digits)} (${shownNumber(min, digits)}–${shownNumber(max, digits)})`;
}

function shownNumber(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '–';
}

/** JSON has no NaN. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
