import { createParser } from 'eventsource-parser';

/** A chunk as far as the tests look at it. */
export interface Chunk {
  readonly id?: string;
  readonly model?: string;
  readonly choices: readonly {
    readonly index?: number;
    readonly text?: string;
    readonly finish_reason: string | null;
    readonly delta?: { readonly role?: string | null; readonly content?: string | null; readonly reasoning_content?: string | null; readonly tool_calls?: readonly { readonly function: { readonly name?: string; readonly arguments?: string } }[] | null };
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number; readonly prompt_tokens_details?: { readonly cached_tokens: number } } | null;
  readonly error?: { readonly message: string };
}

/** A stream that was read to its end, or to where it broke. */
export interface Answer {
  readonly raw: string;
  readonly data: readonly string[];
  /** The events that are JSON. */
  readonly chunks: readonly Chunk[];
  readonly done: boolean;
  /** Whether the connection broke before the body ended. */
  readonly broken: boolean;
}

/** A request body with defaults that make it quick. */
export function body(fields: Record<string, unknown> = {}, demo: Record<string, unknown> = {}): string {
  return JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'What does the sea say?' }], ...fields, demo: { tokensPerSecond: 0, firstTokenMs: 0, ...demo } });
}

/** Posts a body. */
export async function post(url: string, text: string, path = '/v1/chat/completions', init: RequestInit = {}): Promise<Response> {
  return await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text, ...init });
}

/** Posts a body that streams and reads it all, with a parser that is not ours. */
export async function stream(url: string, fields: Record<string, unknown> = {}, demo: Record<string, unknown> = {}, path = '/v1/chat/completions'): Promise<Answer> {
  const response = await post(url, body({ stream: true, ...fields }, demo), path);
  return await readEvents(response);
}

/** Reads an event stream to its end. */
export async function readEvents(response: Response): Promise<Answer> {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  const decoder = new TextDecoder();
  let raw = '';
  let broken = false;
  try {
    for await (const bytes of response.body ?? []) {
      const text = decoder.decode(bytes, { stream: true });
      raw += text;
      parser.feed(text);
    }
  } catch {
    broken = true;
  }
  const chunks = data.filter((event) => event !== '[DONE]').flatMap((event) => parse(event));
  return { raw, data, chunks, done: data.at(-1) === '[DONE]', broken };
}

/** The text of one choice. */
export function textOf(answer: Pick<Answer, 'chunks'>, index = 0): string {
  return answer.chunks.flatMap((chunk) => chunk.choices.filter((choice) => (choice.index ?? 0) === index).map((choice) => choice.delta?.content ?? choice.text ?? '')).join('');
}

function parse(event: string): Chunk[] {
  try {
    return [JSON.parse(event) as Chunk];
  } catch {
    return [];
  }
}
