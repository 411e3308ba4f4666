export { affordableOutput, charge, chargeBound, type Price, type Rates, type TokenCounts } from './charge.ts';
export { formatUsd, parseUsd } from './money.ts';
