/**
 * In which order everything stops, and how long each may take before it is killed; 9.8 s in all. The edge first: it
 * lets answers end for 5 s and hands its counts to billing. Nobody is stopped before those who call it.
 */
export const stopOrder = [
  { names: ['edge'], ms: 5_800 },
  { names: ['account', 'pruner'], ms: 1_200 },
  { names: ['billing', 'key-service'], ms: 1_000 },
  { names: ['worker'], ms: 500 },
  { names: ['postgres-main', 'postgres-keystore'], ms: 1_300 },
] as const;
