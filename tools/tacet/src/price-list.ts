import { parseUsd } from '@tacet/pricing';
import type { ModelPrices } from '@tacet/rpc/types/ledger/v1/ModelPrices';
import { z } from 'zod';
import { parseYaml } from './yaml-file.ts';

/** Limits of a price list; named in README.md. */
export const modelsMax = 1_000;
export const modelIdBytesMax = 256;
export const tokensMax = 100_000_000;

const nanoPerPicoPerToken = 1_000n;

const tokens = (least: number) => z.int().min(least).max(tokensMax);

/** A number would have gone through a floating point, so only quoted decimals are taken. */
const usdPerMillionTokens = z
  .string('must be a decimal number in quotes, such as "0.10"')
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'must be a decimal number with at most 6 digits before and 6 after the point, such as "0.10"');

/** What clients send as `model`. */
const modelId = () =>
  z
    .string()
    .refine(
      (id) => /^[^\p{Cc}\s]+$/u.test(id) && Buffer.byteLength(id) <= modelIdBytesMax,
      `must be 1 to ${modelIdBytesMax} bytes without spaces and control characters`,
    );

const modelSchema = z.strictObject({
  id: modelId(),
  context_tokens: tokens(1),
  output_default: tokens(1),
  overhead_tokens: tokens(0),
  media_tokens_max: tokens(0),
  usd_per_million_tokens: z.strictObject({ input: usdPerMillionTokens, cached: usdPerMillionTokens, output: usdPerMillionTokens }),
});

const priceListSchema = z.strictObject({ models: z.array(modelSchema).min(1).max(modelsMax) });

/** One model of a price list. Prices are pico-USD per token (= micro-USD per million tokens). */
export interface PricedModel {
  readonly id: string;
  readonly contextTokens: number;
  readonly outputDefault: number;
  readonly overheadTokens: number;
  readonly mediaTokensMax: number;
  readonly inputPico: bigint;
  readonly cachedPico: bigint;
  readonly outputPico: bigint;
}

/** Parses a models.yaml. Throws `InvalidFileError` that names every problem by path and rule. */
export function parsePriceList(text: string, file: string): readonly PricedModel[] {
  const { models } = parseYaml(text, file, priceListSchema, crossProblems);
  return models.map((model) => ({
    id: model.id,
    contextTokens: model.context_tokens,
    outputDefault: model.output_default,
    overheadTokens: model.overhead_tokens,
    mediaTokensMax: model.media_tokens_max,
    inputPico: parsePicoPerToken(model.usd_per_million_tokens.input),
    cachedPico: parsePicoPerToken(model.usd_per_million_tokens.cached),
    outputPico: parsePicoPerToken(model.usd_per_million_tokens.output),
  }));
}

/** `"0.10"` USD per million tokens → 100000n pico-USD per token. */
export function parsePicoPerToken(usdPerMillion: string): bigint {
  return parseUsd(usdPerMillion) / nanoPerPicoPerToken;
}

/** As billing takes it. */
export function toModelPrices(model: PricedModel): ModelPrices {
  return {
    model: {
      modelId: model.id,
      contextTokens: model.contextTokens,
      outputDefault: model.outputDefault,
      overheadTokens: model.overheadTokens,
      mediaTokensMax: model.mediaTokensMax,
    },
    inputPico: model.inputPico.toString(),
    cachedPico: model.cachedPico.toString(),
    outputPico: model.outputPico.toString(),
  };
}

/** Rules that look at more than one field; they are told beside the others, whatever else is wrong. */
function crossProblems(raw: unknown): readonly string[] {
  const models = (raw as { models?: unknown } | null)?.models;
  if (!Array.isArray(models)) return [];
  const problems: string[] = [];
  const firstAt = new Map<string, number>();
  models.forEach((model: Record<string, unknown> | null, at) => {
    const { id, context_tokens: context, output_default: output } = model ?? {};
    if (typeof id === 'string') {
      const first = firstAt.get(id);
      if (first === undefined) firstAt.set(id, at);
      else problems.push(`models[${at}].id: is the same as models[${first}].id`);
    }
    if (typeof context === 'number' && typeof output === 'number' && output > context)
      problems.push(`models[${at}].output_default: must be at most context_tokens`);
  });
  return problems;
}
