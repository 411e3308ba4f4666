import type { Engine } from './engine.ts';
import type { ChatRequest } from './read-request.ts';
import { TextPieces } from './text-pieces.ts';

/** A step of an answer: text to send, and the counts up to here. */
export interface AnswerStep {
  readonly text: string;
  /** Tokens drawn so far, the end token and tokens whose text is held back included. */
  readonly completionTokens: number;
  readonly finish: 'stop' | 'length' | undefined;
  /** The stop string that ended the answer. */
  readonly stop: string | undefined;
}

/** Draws an answer, a step a token; the last step has `finish`. Ends without it when `signal` aborts. */
export async function* generateAnswer(engine: Engine, request: ChatRequest, prompt: readonly number[], signal: AbortSignal): AsyncGenerator<AnswerStep, void> {
  const limit = Math.min(request.limit ?? Number.POSITIVE_INFINITY, engine.contextTokens - prompt.length);
  const pieces = new TextPieces(engine, request.stops, prompt);
  let completionTokens = 0;
  for await (const token of engine.generate(prompt, request.sampling, signal)) {
    completionTokens++;
    const ended = engine.isEnd(token);
    let text = ended ? '' : pieces.add(token);
    const finish = ended || pieces.stop !== undefined ? 'stop' : completionTokens >= limit ? 'length' : undefined;
    if (finish !== undefined) text += pieces.rest();
    yield { text, completionTokens, finish, stop: pieces.stop };
    if (finish !== undefined) return;
  }
}
