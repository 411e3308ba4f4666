import { TacetError } from '@tacet/errors';
import { SseSplitter } from '@tacet/inference';
import { errorCodeIn } from './edge-client.ts';

/** A piece of an answer. */
export type AnswerPart =
  | { readonly kind: 'text'; readonly plaintextText: string }
  | { readonly kind: 'finish'; readonly reason: FinishReason }
  | { readonly kind: 'usage'; readonly usage: TokenUsage };

/** Why the model stopped; what is not in the list is `other`. */
export const finishReasons = ['stop', 'length', 'content_filter', 'tool_calls', 'other'] as const;
export type FinishReason = (typeof finishReasons)[number];

/** What the turn cost, as the edge counted it. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Longest event of the edge's stream, in bytes. */
const eventBytesMax = 1_048_576;

/**
 * Reads the parts of an answer out of the bytes of a chat-completion stream. Returns at `[DONE]`. Throws the code
 * of an in-band error, and `worker_failed` when the stream ends without `[DONE]` or cannot be read.
 */
export async function* readAnswer(stream: AsyncIterable<Buffer>): AsyncGenerator<AnswerPart> {
  const splitter = new SseSplitter(eventBytesMax);
  try {
    for await (const chunk of stream) {
      const events: string[] = [];
      splitter.push(chunk, (data) => void events.push(data.toString('utf8')));
      for (const event of events) {
        if (event === '[DONE]') return;
        yield* partsOf(event);
      }
    }
  } catch (error) {
    throw error instanceof TacetError ? error : new TacetError('worker_failed', { cause: error });
  }
  throw new TacetError('worker_failed');
}

interface Chunk {
  readonly error?: unknown;
  readonly choices?:
    | readonly { readonly index?: unknown; readonly delta?: { readonly content?: unknown } | null; readonly finish_reason?: unknown }[]
    | null;
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null;
}

function* partsOf(event: string): Generator<AnswerPart> {
  const chunk = parseChunk(event);
  if (chunk.error !== undefined && chunk.error !== null) throw new TacetError(errorCodeIn(event) ?? 'worker_failed');
  const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  const content = choice?.delta?.content;
  if (typeof content === 'string' && content !== '') yield { kind: 'text', plaintextText: content };
  const reason = choice?.finish_reason;
  if (typeof reason === 'string') yield { kind: 'finish', reason: finishReasons.find((known) => known === reason) ?? 'other' };
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = chunk.usage ?? {};
  if (isCount(promptTokens) && isCount(completionTokens)) yield { kind: 'usage', usage: { promptTokens, completionTokens } };
}

function parseChunk(event: string): Chunk {
  try {
    const value = JSON.parse(event) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // The parser's message would quote the text.
  }
  throw new TacetError('worker_invalid');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
