import type { ModelPrices } from '@tacet/rpc/types/ledger/v1/ModelPrices';
import { demoModel } from './demo-worker.ts';

/** A model for tests: prices in pico-USD per token (= micro-USD per million tokens). */
export interface TestModel {
  readonly id: string;
  readonly contextTokens?: number;
  readonly outputDefault?: number;
  readonly overheadTokens?: number;
  readonly mediaTokensMax?: number;
  readonly inputPico?: bigint;
  readonly cachedPico?: bigint;
  readonly outputPico?: bigint;
}

/** The one that a constellation has unless it is given others: $0.10, $0.05 and $0.20 per million tokens. */
export const defaultModels: readonly TestModel[] = [{ id: demoModel }];

/** What `Ledger.ApplyPrices` is sent for it. */
export function modelPrices(model: TestModel): ModelPrices {
  const { id, contextTokens = 32_768, outputDefault = 1_024, overheadTokens = 64, mediaTokensMax = 2_048, inputPico = 100_000n, cachedPico = 50_000n, outputPico = 200_000n } = model;
  return {
    model: { modelId: id, contextTokens, outputDefault, overheadTokens, mediaTokensMax },
    inputPico: inputPico.toString(),
    cachedPico: cachedPico.toString(),
    outputPico: outputPico.toString(),
  };
}
