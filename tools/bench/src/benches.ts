import type { Bench } from './frame/bench.ts';

/** All benches by name, loaded when one is wanted. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  edge: async () => (await import('./edge/bench.ts')).edgeBench,
  ledger: async () => (await import('./ledger/bench.ts')).ledgerBench,
};
