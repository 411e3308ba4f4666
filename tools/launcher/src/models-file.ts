import { readFile, writeFile } from 'node:fs/promises';
import { parsePriceList, toModelPrices } from '@tacet/tacet';
import type { ModelPrices } from '@tacet/rpc/types/ledger/v1/ModelPrices';
import { Document, parseDocument } from 'yaml';
import { UserError } from './user-error.ts';
import type { ServedModel } from './worker/served-model.ts';

/** USD per million tokens of a model that nobody has given a price. */
const demoPrice = { input: '0.10', cached: '0.05', output: '0.20' } as const;
const contextTokensWhenUnknown = 32_768;
const outputTokensWhenUnnamed = 1_024;
/** What a chat template may add to a prompt, and what one picture may cost at most. */
const overheadTokens = 64;
const mediaTokensMax = 4_096;

const head = ' The models of this deployment and their prices in USD per million tokens. npm start adds models that it finds and\n applies the list; change a price here and start again.';

/** The price list after it was brought up to date. */
export interface PriceList {
  readonly models: readonly ModelPrices[];
  /** Ids that were given the demo price now. */
  readonly added: readonly string[];
}

/** Adds the models that models.yaml lacks, at the demo price, and reads it. Throws `UserError` when it cannot be read. */
export async function updateModelsFile(file: string, served: readonly ServedModel[]): Promise<PriceList> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const known = new Set(text === undefined ? [] : parse(text, file).map(({ id }) => id));
  const missing = [...new Map(served.map((model) => [model.id, model])).values()].filter(({ id }) => !known.has(id));
  if (missing.length === 0 && text !== undefined) return { models: parse(text, file).map(toModelPrices), added: [] };
  const document = text === undefined ? emptyDocument() : parseDocument(text);
  for (const model of missing) document.addIn(['models'], document.createNode(entry(model)));
  const updated = document.toString({ lineWidth: 0 });
  const models = parse(updated, file).map(toModelPrices);
  await writeFile(file, updated);
  return { models, added: missing.map(({ id }) => id) };
}

/** The demo price for people. */
export const demoPriceText = `$${demoPrice.input} in, $${demoPrice.cached} cached, $${demoPrice.output} out per million tokens`;

function emptyDocument(): Document {
  const document = new Document({ models: [] });
  document.commentBefore = head;
  return document;
}

function entry({ id, contextTokens = contextTokensWhenUnknown }: ServedModel): unknown {
  return {
    id,
    context_tokens: contextTokens,
    output_default: Math.min(outputTokensWhenUnnamed, contextTokens),
    overhead_tokens: overheadTokens,
    media_tokens_max: mediaTokensMax,
    usd_per_million_tokens: demoPrice,
  };
}

function parse(text: string, file: string) {
  try {
    return parsePriceList(text, file);
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}
