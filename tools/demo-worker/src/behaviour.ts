import { z } from 'zod';

const count = z.int().min(0);

/** What an answer's usage is falsified to. */
export const usageFaults = [
  /** Completion tokens below zero. */
  'negative',
  /** The literal `NaN`, which Python writes and JSON forbids. */
  'nan',
  /** Numbers as strings. */
  'text',
  /** `1e12` tokens. */
  'absurd',
  /** Numbers with a fraction. */
  'fraction',
  /** Continuous usage that falls from chunk to chunk. */
  'shrinking',
  /** A `cost` and a `total_cost` beside the true counts. */
  'cost',
  /** Explicit zeros. */
  'zero',
  /** More cached tokens than prompt tokens. */
  'cached',
  /** `usage` is an empty object. */
  'empty',
  /** No usage at all, though it was asked for. */
  'missing',
  /** Continuous usage, but not the final one. */
  'unfinished',
  /** The final usage, but no continuous one. */
  'final-only',
] as const;

/**
 * The `demo` field of a request's body, and the body's `demo` of `POST /demo/faults`. Tokens are counted over
 * all choices of the request; `…After: 0` is after the headers and before the first event.
 */
export const behaviourShape = z.strictObject({
  /** Name that the receipt carries, so that a test finds it. */
  tag: z.string().max(256).optional(),
  /** Length of each choice when no limit cuts it, in tokens; the last is the end token, which has no text. */
  tokens: count.optional(),
  /** Size of the prompt, in tokens, in place of the estimate. */
  promptTokens: count.optional(),
  /** Prompt tokens that the prefix cache held. */
  cached: count.optional(),
  /** First tokens that are reasoning. */
  reasoning: count.optional(),
  /** Calls the first tool of the request. */
  tool: z.boolean().optional(),
  /** Answers with the text of the last message; in error bodies too. */
  echo: z.boolean().optional(),
  /** Tokens are words of several bytes a character. */
  multibyte: z.boolean().optional(),
  /** Each token is made this many bytes long. */
  tokenBytes: count.max(1_048_576).optional(),
  /** Tokens in one chunk, as a busy engine or speculative decoding sends them. */
  tokensPerChunk: count.min(1).optional(),
  tokensPerSecond: z.number().min(0).optional(),
  firstTokenMs: count.optional(),
  /** Time before the headers, in milliseconds. */
  delayMs: count.optional(),
  /** Sends nothing more after so many tokens, and keeps the connection. */
  stallAfter: count.optional(),
  /** The stall ends after so long, in milliseconds. */
  stallMs: count.optional(),
  /** Closes the connection after so many tokens, as a killed engine does. */
  abortAfter: count.optional(),
  /** Ends the stream in good order after so many tokens: no finish reason, no usage, no `[DONE]`. */
  endAfter: count.optional(),
  /** Reports an error inside the stream after so many tokens, and ends it. */
  errorAfter: count.optional(),
  /** Sends one event that is not JSON after so many tokens, and goes on. */
  malformedAfter: count.optional(),
  /** The whole answer and its usage, but no `[DONE]`. */
  noDone: z.boolean().optional(),
  /** Everything and `[DONE]`, but the response never ends. */
  neverEnd: z.boolean().optional(),
  usage: z.enum(usageFaults).optional(),
  /** No chunk names a role. */
  noRole: z.boolean().optional(),
  /** Choices and tool calls have no index. */
  noIndex: z.boolean().optional(),
  /** No `id`, `object`, `created` and `model`. */
  noEnvelope: z.boolean().optional(),
  /** Lines end with CR LF. */
  crlf: z.boolean().optional(),
  /** Comments between the events. */
  comments: z.boolean().optional(),
  /** Bytes of each write; 1 cuts everywhere. */
  writeBytes: count.min(1).optional(),
  /** Writes end inside characters; implies `multibyte`. */
  splitUtf8: z.boolean().optional(),
  /** Answers with this HTTP status and the engine's error body. */
  status: z.int().min(400).max(599).optional(),
  /** Seconds in a `Retry-After` beside `status`. */
  retryAfter: count.optional(),
  /** Answers with an HTML page (status 200, or `status`). */
  html: z.boolean().optional(),
  /** Answers as if all slots were taken. */
  slotsFull: z.boolean().optional(),
});

/** See `behaviourShape`. */
export type DemoBehaviour = z.infer<typeof behaviourShape>;

/** The answer of a worker without faults. */
export const plainBehaviour: DemoBehaviour = Object.freeze({});

/** Reads a `demo` field. Returns the sentence of what is wrong with it, if something is. */
export function readBehaviour(demo: unknown): DemoBehaviour | string {
  const read = behaviourShape.safeParse(demo);
  if (read.success) return read.data;
  return read.error.issues.map((issue) => `demo.${issue.path.join('.')}: ${issue.message}`).join('; ');
}
