import { defineBench, type BenchCase, type Figures, type Measurement } from '../frame/bench.ts';
import { startMeasuredProcess, type MeasuredProcess } from './measured-process.ts';

/** Calls under way at once. */
const inFlight = 128;
const millions = { small: 1_000_000, large: 10_000_000 };

/**
 * What billing does to its database: records into money beside COPY of the same rows, leases, and the queries of customers. The
 * figures of 10^7 rows take minutes and gigabytes, so `queries-large` is made only when it is named.
 */
export const ledgerBench = defineBench({
  name: 'ledger',
  prepare: async ({ wanted, tell, onStop }) => {
    const measured = startMeasuredProcess();
    onStop(() => measured.stop());
    const one = (name: string, what: string): BenchCase => ({ name, run: async (seconds) => (await measured.ask(what, seconds)) as Figures });
    return [
      applyRecords(one),
      setLeases(one),
      await queries('queries', millions.small / 10, millions.small, one, measured, wanted, tell),
      ...(wanted?.has('queries-large') ? [await queries('queries-large', millions.small, millions.large, one, measured, wanted, tell)] : []),
    ];
  },
});

type MakeCase = (name: string, what: string) => BenchCase;

function applyRecords(one: MakeCase): Measurement {
  return {
    name: 'apply',
    title: 'Count records become money, 2,000 a commit; CPU of billing and of its database together',
    columns: {
      rate: { unit: 'records/s', ratio: true },
      cpu: { unit: 'CPU µs a record', digits: 1 },
      cpuBilling: { unit: 'of it billing', digits: 1 },
      cpuDatabase: { unit: 'of it the database', digits: 1 },
    },
    baseline: 'COPY of the same rows',
    cases: [one('10,000 accounts', 'apply many'), one('one hot account', 'apply hot'), one('COPY of the same rows', 'copy')],
    bars: [
      { name: '10,000 accounts, of COPY', unit: '×', digits: 2, atLeast: 0.2, value: (median) => median('10,000 accounts', 'rate') / median('COPY of the same rows', 'rate') },
      { name: 'one hot account', unit: 'records/s', atLeast: 80_000, value: (median) => median('one hot account', 'rate') },
      { name: '10,000 accounts, both sides', unit: 'CPU µs a record', digits: 1, atMost: 25, value: (median) => median('10,000 accounts', 'cpu') },
    ],
  };
}

function setLeases(one: MakeCase): Measurement {
  const names = ['10,000 accounts', 'one hot account'];
  return {
    name: 'leases',
    title: `SetLease, ${inFlight} calls under way, of three edges`,
    columns: { rate: { unit: 'calls/s' }, p50: { unit: 'p50 ms', digits: 1 }, p99: { unit: 'p99 ms', digits: 1 } },
    cases: [one('10,000 accounts', `leases many-${inFlight}`), one('one hot account', `leases hot-${inFlight}`)],
    bars: names.flatMap((name) => [
      { name, unit: 'calls/s', atLeast: 20_000, value: (median) => median(name, 'rate') },
      { name, unit: 'p99 ms', digits: 1, atMost: 10, value: (median) => median(name, 'p99') },
    ]),
  };
}

const queryColumns = ['balance', 'usage', 'transfers', 'statement'];
/** What a query may cost more among ten times the rows. */
const flatRatio = 1.5;

async function queries(
  name: string,
  few: number,
  many: number,
  one: MakeCase,
  measured: MeasuredProcess,
  wanted: ReadonlySet<string> | undefined,
  tell: (line: string) => void,
): Promise<Measurement> {
  const label = (rows: number) => `${rows.toLocaleString('en')} rows`;
  if (wanted?.has(name) ?? true) {
    tell(`${name}: filling books of ${label(few)} and ${label(many)}`);
    await measured.ask(`plans ${few}`, 1);
    tell(String((await measured.ask(`plans ${many}`, 1))['plans']));
  }
  return {
    name,
    title: 'Queries of one account among all: balance, the newest 50 requests with sums, all transfers, the whole statement',
    columns: Object.fromEntries(queryColumns.map((column) => [column, { unit: `${column}, ms`, digits: 2 }])),
    cases: [one(label(few), `queries ${few}`), one(label(many), `queries ${many}`)],
    bars: queryColumns.map((column) => ({
      name: `${column}, ten times the rows`,
      unit: '×',
      digits: 2,
      atMost: flatRatio,
      value: (median) => median(label(many), column) / median(label(few), column),
    })),
  };
}
