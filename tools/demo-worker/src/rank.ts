import { answerId } from './answer-context.ts';
import type { Settings } from './options.ts';
import { readModel, type Refusal, type RequestBody } from './read-body.ts';
import { readTexts, type Prompt } from './read-prompt.ts';
import { fold, scatter } from './vocabulary.ts';

/** A request to compare texts. */
export interface RankRequest {
  readonly route: 'rerank' | 'score';
  readonly model: string;
  readonly prompt: Prompt;
  readonly texts: readonly string[];
  readonly top: number;
}

/** Reads the body of `/v1/rerank` or `/v1/score`. */
export function readRankRequest(route: 'rerank' | 'score', { fields }: RequestBody, settings: Settings): RankRequest | Refusal {
  const model = readModel(fields, settings);
  if (typeof model !== 'string') return model;
  const [left, right] = route === 'rerank' ? ['query', 'documents'] : ['text_1', 'text_2'];
  const seed = fold(settings.seed, model);
  const query = readTexts(fields[left], seed);
  if (query === undefined) return { status: 400, message: 'Field required', param: left };
  const texts = readDocuments(fields[right]);
  const prompt = texts && readTexts(texts, query.hash);
  if (texts === undefined || prompt === undefined) return { status: 400, message: 'Field required', param: right };
  const { top_n: top } = fields;
  return { route, model, prompt: { ...prompt, tokens: prompt.tokens + query.tokens * texts.length }, texts, top: typeof top === 'number' && top > 0 ? top : texts.length };
}

function readDocuments(value: unknown): string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const texts = items.map((item) => (typeof item === 'object' && item !== null ? (item as { text?: unknown }).text : item));
  return texts.every((text) => typeof text === 'string') && texts.length > 0 ? texts : undefined;
}

/** The answer: scores that follow from seed, model and texts, and say nothing about meaning. */
export function writeRanks({ route, model, prompt, texts, top }: RankRequest, settings: Settings, ordinal: number, promptTokens: number): string {
  const scores = texts.map((text, index) => ({ index, text, score: scatter(prompt.hash, index) / 2 ** 32 }));
  if (route === 'rerank') {
    const results = scores.sort((a, b) => b.score - a.score).slice(0, top).map(({ index, text, score }) => ({ index, document: { text }, relevance_score: score }));
    return JSON.stringify({ id: `rerank-${answerId(settings.seed, ordinal)}`, model, usage: { total_tokens: promptTokens }, results });
  }
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens, completion_tokens: 0, prompt_tokens_details: null };
  const data = scores.map(({ index, score }) => ({ index, object: 'score', score }));
  return JSON.stringify({ id: `score-${answerId(settings.seed, ordinal)}`, object: 'list', created: Math.floor(Date.now() / 1_000), model, data, usage });
}
