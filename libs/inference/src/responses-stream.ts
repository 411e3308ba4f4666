import { namedEvent, withCost, type AnswerStream } from './answer-stream.ts';
import { isObject, type ChunkIdentity } from './chat-chunk.ts';
import { parseEvent, readEvent, type NamedEvent } from './read-event.ts';
import { readInteger } from './read-field.ts';
import { StreamError } from './stream-error.ts';
import { normalizeUsage, type TokenUsage } from './token-usage.ts';

const sequenceMax = Number.MAX_SAFE_INTEGER;

/**
 * Reads the events of one streamed answer of `/v1/responses` (OpenAI's API). They pass as they are; the one that
 * ends the stream, whichever it is, tells the usage and waits for the bill.
 */
export class ResponsesStream implements AnswerStream {
  readonly #fallback: ChunkIdentity;
  /** The response as the newest event tells it, without what it holds. */
  #response: Readonly<Record<string, unknown>> | undefined;
  #sequence = -1;
  #usage: TokenUsage | undefined;
  #counted = 0;
  #ending: { readonly type: string; readonly value: Record<string, unknown> } | undefined;

  constructor(fallback: ChunkIdentity) {
    this.#fallback = fallback;
  }

  get usage(): TokenUsage {
    return this.#usage ?? { input: 0, cached: 0, output: this.#counted, hostile: false };
  }

  get output(): number {
    return this.#usage?.output ?? this.#counted;
  }

  get countedOutput(): number {
    return this.#counted;
  }

  get isExact(): boolean {
    return this.#usage !== undefined;
  }

  get hasTotal(): boolean {
    return this.#usage !== undefined;
  }

  get isFinished(): boolean {
    return this.#ending !== undefined;
  }

  get isDone(): boolean {
    return this.#ending !== undefined;
  }

  get hasBegun(): boolean {
    return this.#counted > 0 || this.output > 0;
  }

  /** Clients of this API count events, not comments; but before the first they expect no other. */
  get keepAlive(): string {
    return this.#response ? 'event: keepalive\ndata: {"type":"keepalive"}\n\n' : ': keepalive\n';
  }

  read(data: Buffer, name: string): Buffer | undefined {
    if (data.length === 6 && data.toString('latin1') === '[DONE]') return undefined;
    const event = readEvent(data, name);
    const { type } = event;
    this.#sequence = sequenceOf(event) ?? this.#sequence;
    if (type.endsWith('.delta')) this.#counted++;
    switch (type) {
      case 'response.created':
        this.#response = withoutContent(parseEvent(event));
        break;
      case 'response.completed':
      case 'response.incomplete':
        this.#end(event);
        return undefined;
      case 'response.failed':
        // It is paid for as far as it came, and tells how far.
        this.#takeUsage(parseEvent(event));
        throw new StreamError('error_chunk');
      case 'error':
        throw new StreamError('error_chunk');
      default:
        break;
    }
    return namedEvent(type, data);
  }

  closing(): Buffer[] {
    return [];
  }

  last(_billed: TokenUsage, cost: string): string {
    const { type, value } = this.#ending ?? { type: 'response.completed', value: {} };
    const response = isObject(value['response']) ? value['response'] : {};
    const { usage, ...rest } = response;
    const priced = isObject(usage) ? `${JSON.stringify(rest).slice(0, -1)},"usage":${withCost(usage, cost)}}` : JSON.stringify(response);
    const { response: _, ...envelope } = value;
    return `event: ${type}\ndata: ${JSON.stringify(envelope).slice(0, -1)},"response":${priced}}\n\n`;
  }

  cutEvents(): Buffer[] {
    return [];
  }

  failure(code: string, message: string): string {
    const { id, created, model } = this.#fallback;
    const head = this.#response ?? { id, object: 'response', created_at: created, model };
    const response = { ...head, status: 'failed', error: { code, message }, incomplete_details: null, output: [], usage: null };
    return `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', sequence_number: this.#sequence + 1, response })}\n\n`;
  }

  #end(event: NamedEvent): void {
    const value = parseEvent(event);
    this.#takeUsage(value);
    this.#ending = { type: event.type, value };
  }

  #takeUsage({ response }: Readonly<Record<string, unknown>>): void {
    if (isObject(response)) this.#usage = normalizeUsage(response['usage']);
  }
}

function sequenceOf({ object }: NamedEvent): number | undefined {
  try {
    return readInteger(object, 'sequence_number', 0, sequenceMax);
  } catch {
    // A worker's odd number is its own business; ours only has to follow one that is none.
    return undefined;
  }
}

function withoutContent({ response }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isObject(response)) return {};
  const { id, object, created_at: createdAt, model } = response;
  return { id, object, created_at: createdAt, model };
}
