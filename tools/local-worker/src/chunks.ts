import { randomUUID } from 'node:crypto';
import type { AnswerStep } from './generate-answer.ts';

/** The `usage` of OpenAI's API, in the order of vLLM. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens: number;
}

/** What is the same in all chunks of an answer. */
export interface Head {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** Begins an answer at a time, in milliseconds since 1970. */
export function newHead(model: string, nowMs: number): Head {
  return { id: `chatcmpl-${randomUUID().replaceAll('-', '')}`, created: Math.floor(nowMs / 1_000), model };
}

/** Counts as `usage`. No prompt is kept, so no token was cached. */
export function toUsage(promptTokens: number, completionTokens: number): Usage {
  return { prompt_tokens: promptTokens, total_tokens: promptTokens + completionTokens, completion_tokens: completionTokens };
}

/** The event that begins a stream. */
export function roleEvent(head: Head, usage: Usage | undefined): string {
  return event(head, [{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }], usage);
}

/** The event of a step with text or a finish reason. */
export function stepEvent(head: Head, { text, finish, stop }: AnswerStep, usage: Usage | undefined): string {
  const end = finish === undefined ? { finish_reason: null } : { finish_reason: finish, stop_reason: stop ?? null };
  return event(head, [{ index: 0, delta: { content: text }, logprobs: null, ...end }], usage);
}

/** The event with the usage of the whole answer. */
export function usageEvent(head: Head, usage: Usage): string {
  return event(head, [], usage);
}

/** The end of every stream that was not cut. */
export const doneEvent = 'data: [DONE]\n\n';

/** An answer that is not streamed. */
export function wholeAnswer({ id, created, model }: Head, content: string, { finish, stop }: AnswerStep, usage: Usage): string {
  const choice = { index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: finish, stop_reason: stop ?? null };
  return JSON.stringify({ id, object: 'chat.completion', created, model, choices: [choice], usage });
}

/** The body of an error, as vLLM's. */
export function errorBody(status: number, message: string, param: string | null): string {
  const type = status === 429 ? 'RateLimitError' : status === 404 ? 'NotFoundError' : status < 500 ? 'BadRequestError' : 'InternalServerError';
  return JSON.stringify({ error: { message, type, param, code: status } });
}

function event({ id, created, model }: Head, choices: readonly object[], usage: Usage | undefined): string {
  return `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices, ...(usage === undefined ? {} : { usage }) })}\n\n`;
}
