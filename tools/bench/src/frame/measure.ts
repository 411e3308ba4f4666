import type { Bar, BenchCase, Figures, Measurement, MedianOf, Spread } from './bench.ts';
import { spreadOf } from './spread.ts';

/** A bar with what came of it; `met` is undefined where the value could not be had. */
export interface JudgedBar {
  readonly bar: Bar;
  readonly value: number;
  readonly met: boolean | undefined;
}

/** A measurement with its figures, by case and column. */
export interface Measured {
  readonly measurement: Measurement;
  readonly rounds: number;
  readonly spreads: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
  readonly bars: readonly JudgedBar[];
}

const warmUpSecondsMax = 2;

/** Warms every case up, then runs the cases one after the other, round by round; every other round in reverse order. */
export async function measure(measurement: Measurement, seconds: number, rounds: number, tell: (line: string) => void): Promise<Measured> {
  const { cases, columns, bars = [] } = measurement;
  const figures: Record<string, Figures[]> = Object.fromEntries(cases.map(({ name }) => [name, []]));
  const count = measurement.rounds ?? rounds;
  for (const one of cases) await warmUp(one, measurement, seconds);
  for (let round = 1; round <= count; round++) {
    tell(`${measurement.name}: round ${round} of ${count}`);
    for (const one of round % 2 === 1 ? cases : cases.toReversed()) figures[one.name]?.push(await one.run(seconds));
  }
  const columnNames = Object.keys(columns);
  const spreads = Object.fromEntries(
    cases.map(({ name }) => [name, Object.fromEntries(columnNames.map((column) => [column, spreadOf((figures[name] ?? []).map((round) => round[column] ?? Number.NaN))]))]),
  );
  const medianOf: MedianOf = (caseName, column) => spreads[caseName]?.[column]?.median ?? Number.NaN;
  return { measurement, rounds: count, spreads, bars: bars.map((bar) => judge(bar, medianOf)) };
}

async function warmUp(one: BenchCase, { rounds }: Measurement, seconds: number): Promise<void> {
  if (one.warmUp) await one.warmUp();
  else if (rounds === undefined) await one.run(Math.min(seconds, warmUpSecondsMax));
}

function judge(bar: Bar, medianOf: MedianOf): JudgedBar {
  const value = bar.value(medianOf);
  const met = Number.isNaN(value) ? undefined : value <= (bar.atMost ?? Infinity) && value >= (bar.atLeast ?? -Infinity);
  return { bar, value, met };
}
