import type { TestModel } from '@tacet/constellation';
import type { Rates } from './price.ts';

/** A model with the prices that it has at the start of a run. */
export type PricedModel = TestModel & Rates;

const sizes = { contextTokens: 32_768, outputDefault: 256, overheadTokens: 1_024 };

/** Prices that no power of two or ten divides, so that every charge has a fraction to be rounded. */
export const plain: PricedModel = { ...sizes, id: 'plain-model', inputPico: 101_301n, cachedPico: 50_703n, outputPico: 203_077n };

/** Its pools tell usage once, at the end; until then text is counted. */
export const cheap: PricedModel = { ...sizes, id: 'final-usage-model', inputPico: 10_007n, cachedPico: 5_003n, outputPico: 20_011n };

/** Asked for by requests whose worker miscounts. */
export const odd: PricedModel = { ...sizes, id: 'odd-model', inputPico: 99_991n, cachedPico: 49_999n, outputPico: 199_999n };

/** All models of a run. */
export const models: readonly PricedModel[] = [plain, cheap, odd];

/** An account with one key, and what it asks for. */
export interface Customer {
  readonly name: string;
  readonly creditUsd: string;
  readonly noLog?: boolean;
  /** The key's spend limit, nano-USD. */
  readonly spendNanoMax?: bigint;
  readonly models: readonly PricedModel[];
  /** Share of the load. */
  readonly weight: number;
  /** Credit that is added whenever the run rests, nano-USD: enough for a few answers, so that the money ends again and again. */
  readonly allowanceNano?: bigint;
}

/** Those who have their accounts deleted in the middle of a run; others take their place whenever it rests. */
export const leavers: readonly Customer[] = [
  { name: 'leaver', creditUsd: '2', models: [plain], weight: 1 },
  { name: 'leaver', creditUsd: '2', models: [plain], weight: 1 },
  { name: 'silent-leaver', creditUsd: '2', noLog: true, models: [plain], weight: 1 },
];

/** Rich and poor, limited and not, logged and not. */
export const customers: readonly Customer[] = [
  { name: 'rich', creditUsd: '50', models: [plain, cheap], weight: 4 },
  { name: 'steady', creditUsd: '20', models: [plain], weight: 3 },
  { name: 'odd', creditUsd: '20', models: [odd], weight: 1 },
  { name: 'limited', creditUsd: '20', spendNanoMax: 2_000_000n, models: [plain], weight: 2 },
  { name: 'poor', creditUsd: '0.0005', models: [plain], weight: 2, allowanceNano: 300_000n },
  { name: 'broke', creditUsd: '0.0002', models: [plain], weight: 1, allowanceNano: 150_000n },
  { name: 'silent', creditUsd: '20', noLog: true, models: [plain], weight: 3 },
  { name: 'silent-poor', creditUsd: '0.0005', noLog: true, models: [plain], weight: 1, allowanceNano: 300_000n },
  { name: 'silent-limited', creditUsd: '20', noLog: true, spendNanoMax: 2_000_000n, models: [plain], weight: 1 },
];
