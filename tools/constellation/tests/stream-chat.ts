import { readEvents } from './account-client.ts';

/** What came of a streamed chat. */
export interface StreamedChat {
  readonly status: number;
  readonly text: string;
  /** Ended with `[DONE]`. */
  readonly done: boolean;
  /** The error in the stream, or the code of an answer that is an error. */
  readonly errorCode: string | undefined;
  /** The connection broke. */
  readonly broken: boolean;
}

export interface ChatRequest {
  readonly url: string;
  readonly apiKey: string;
  readonly model?: string;
  readonly content?: string;
  /** The demo worker's own field. */
  readonly demo?: Readonly<Record<string, unknown>>;
  readonly further?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Told of each piece of text as it comes. */
  readonly onText?: (text: string) => void;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly code?: string };
}

/** Streams a chat through an edge to its end, however it ends. */
export async function streamChat({ url, apiKey, model = 'demo-model', content = 'Say hello.', demo, further, signal, onText = () => undefined }: ChatRequest): Promise<StreamedChat> {
  const body = { model, stream: true, messages: [{ role: 'user', content }], ...(demo ? { demo } : {}), ...further };
  let status = 0;
  let text = '';
  let errorCode: string | undefined;
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
    ({ status } = response);
    if (!response.ok) return { status, text, done: false, errorCode: ((await response.json()) as Chunk).error?.code, broken: false };
    for await (const { data } of readEvents(response)) {
      if (data === '[DONE]') return { status, text, done: true, errorCode, broken: false };
      const { choices = [], error } = data as Chunk;
      if (error) errorCode = error.code;
      const piece = choices[0]?.delta?.content ?? '';
      if (piece !== '') onText(piece);
      text += piece;
    }
    return { status, text, done: false, errorCode, broken: false };
  } catch {
    return { status, text, done: false, errorCode, broken: true };
  }
}
