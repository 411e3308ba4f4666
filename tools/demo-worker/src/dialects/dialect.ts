import type { FinishReason } from '../plan-answer.ts';
import type { GenerateRoute } from '../read-request.ts';
import type { Counts, UsageLiterals, UsageWriter } from '../write-usage.ts';

/** What all chunks of one answer have in common. */
export interface Head {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The model's id, as JSON. */
  readonly modelJson: string;
  readonly route: GenerateRoute;
  readonly stream: boolean;
}

/** A whole choice of an answer that is not streamed; texts are the insides of JSON strings. */
export interface WholeChoice {
  readonly index: number;
  readonly content: string;
  readonly reasoning: string;
  readonly tool: { readonly id: string; readonly nameJson: string; readonly argumentsJson: string } | undefined;
  readonly finish: FinishReason;
}

/** How one engine writes. Everything returns JSON text; `escaped` is the inside of a JSON string. */
export interface Dialect {
  /** Begins the ids of answers. */
  readonly idPrefix: Readonly<Record<GenerateRoute, string>>;
  /** Around the choices of a chunk or answer: everything but the choices, the usage and the last brace. */
  open(head: Head): string;
  close(head: Head): string;
  /** A chunk's choice. `index` is `"index":0,`, or nothing for a fault. */
  choice(index: string, delta: string, finish: FinishReason | null): string;
  /** A chunk's choice of `/v1/completions`. */
  textChoice(index: string, escaped: string, finish: FinishReason | null): string;
  /** The choice of the first event, and what follows the usage there. */
  roleChoice(index: string): string;
  readonly roleTail: string;
  delta(kind: 'content' | 'reasoning', escaped: string): string;
  toolNameDelta(index: string, id: string, nameJson: string): string;
  toolArgumentsDelta(index: string, escaped: string): string;
  /** The delta of the chunk with the finish reason when that carries no token. */
  readonly endDelta: string;
  /** Whether the last token and the finish reason share a chunk. */
  readonly finishCarriesToken: boolean;
  /** The `usage` member of chunks without counts: nothing, or `,"usage":null`. */
  idleUsage(includeUsage: boolean): string;
  readonly usage: UsageWriter;
  /** Further members of the last chunk and of whole answers. */
  extra(counts: Counts): string;
  wholeChoice(choice: WholeChoice, route: 'chat' | 'text'): string;
  error(status: number, messageJson: string, paramJson: string): string;
  /** Whether `[DONE]` follows an error inside a stream. */
  readonly doneAfterError: boolean;
}

/** The usage of OpenAI's order, which most engines share. */
export function openaiUsage({ prompt, completion, total, cached }: UsageLiterals, details: 'always' | 'if-cached'): string {
  const more = details === 'always' || cached > 0 ? `,"prompt_tokens_details":{"cached_tokens":${cached}}` : '';
  return `{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${total}${more}}`;
}

/** The `object` of chunks and answers. */
export function objectName(head: Head): string {
  if (head.route === 'text') return 'text_completion';
  return head.stream ? 'chat.completion.chunk' : 'chat.completion';
}

/** `"null"` or the quoted reason. */
export function finishJson(finish: FinishReason | null): string {
  return finish === null ? 'null' : `"${finish}"`;
}

/** The `type` of error bodies, by status, in the words of vLLM and SGLang. */
export function errorType(status: number): string {
  switch (status) {
    case 400:
      return 'BadRequestError';
    case 401:
      return 'AuthenticationError';
    case 404:
      return 'NotFoundError';
    case 429:
      return 'RateLimitError';
    case 503:
      return 'ServiceUnavailableError';
    default:
      return status < 500 ? 'BadRequestError' : 'InternalServerError';
  }
}
