/** Figures of one round of one case, by the names of the measurement's columns; NaN where a figure could not be had. */
export type Figures = Readonly<Record<string, number>>;

/** One of the things that are measured side by side. */
export interface BenchCase {
  readonly name: string;
  /** Called once before all rounds of all cases; `run` for a short while unless given. */
  readonly warmUp?: () => Promise<unknown>;
  /** Does the work for about `seconds` and says what came of it. Called once a round. */
  readonly run: (seconds: number) => Promise<Figures>;
}

/** A column of the table. */
export interface Column {
  /** Shown in the head of the table: `µs`, `requests/s`. */
  readonly unit: string;
  /** Digits after the point; 0 unless given. */
  readonly digits?: number;
  /** Whether the table shows it also as a multiple of the baseline's. */
  readonly ratio?: boolean;
}

/** Median, least and greatest of a figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Gives the median of a figure of a case; NaN where there is none. */
export type MedianOf = (caseName: string, figure: string) => number;

/** What a measurement should come to. Ratios within one run hold still; bare figures depend on the machine. */
export interface Bar {
  readonly name: string;
  readonly unit: string;
  readonly digits?: number;
  value(medianOf: MedianOf): number;
  /** Met if the value is not above (or not below) this. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Cases that are measured in alternating rounds, so that what the machine does meanwhile meets all of them alike. */
export interface Measurement {
  /** In one word, to select it by. */
  readonly name: string;
  /** What is measured, in a line. */
  readonly title: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** Name of the case that ratios refer to. */
  readonly baseline?: string;
  readonly cases: readonly BenchCase[];
  readonly bars?: readonly Bar[];
  /** Fixed where more or fewer rounds make no sense (a million of something that can be done once). */
  readonly rounds?: number;
}

/** What a bench gets to set itself up with. */
export interface BenchContext {
  /** Empty, and gone at the end. */
  readonly folder: string;
  /** Stays between runs: for what was downloaded or built. */
  readonly cacheFolder: string;
  /** The measurements that were asked for; undefined = all. What only others need need not be started. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** Where processes that are measured should leave CPU profiles; undefined = they are not profiled. */
  readonly profileFolder: string | undefined;
  /** Says on standard error what is going on. */
  readonly tell: (line: string) => void;
  /** Called at the end, last one first, however the run ends. */
  readonly onStop: (stop: () => unknown) => void;
}

/** A bench: what is set up once, and the measurements that are then made one after the other. */
export interface Bench {
  readonly name: string;
  prepare(context: BenchContext): Promise<readonly Measurement[]>;
}

/** Checks a bench's type where it is defined. */
export function defineBench(bench: Bench): Bench {
  return bench;
}
