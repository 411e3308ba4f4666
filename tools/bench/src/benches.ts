import type { Bench } from './frame/bench.ts';

/** All benches by name, loaded when one is wanted. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  edge: async () => (await import('./edge/bench.ts')).edgeBench,
  keys: async () => (await import('./keys/bench.ts')).keysBench,
  ledger: async () => (await import('./ledger/bench.ts')).ledgerBench,
  pruner: async () => (await import('./pruner/bench.ts')).prunerBench,
};
