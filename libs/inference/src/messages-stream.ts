import { namedEvent, withCost, type AnswerStream } from './answer-stream.ts';
import { isObject, type ChunkIdentity } from './chat-chunk.ts';
import { editAsPieces } from './edit-object.ts';
import { findField } from './read-field.ts';
import { parseEvent, readEvent, type NamedEvent } from './read-event.ts';
import { StreamError } from './stream-error.ts';
import { normalizeUsage, tokenCountMax, type TokenUsage } from './token-usage.ts';

const nothing: TokenUsage = { input: 0, cached: 0, output: 0, hostile: false };

/**
 * Reads the events of one streamed answer of `/v1/messages` (Anthropic's API). They pass as they are, but for an
 * index or envelope that a worker omits; the last `message_delta` waits for the end, since it tells the bill.
 */
export class MessagesStream implements AnswerStream {
  readonly keepAlive = 'event: ping\ndata: {"type":"ping"}\n\n';
  readonly #fallback: ChunkIdentity;
  #start: TokenUsage = nothing;
  #total: TokenUsage | undefined;
  #counted = 0;
  #hostile = false;
  /** Blocks that have begun, and whether the last one is open. */
  #blocks = 0;
  #isOpen = false;
  #ending: Record<string, unknown> | undefined;
  #isFinished = false;
  #isDone = false;

  constructor(fallback: ChunkIdentity) {
    this.#fallback = fallback;
  }

  get usage(): TokenUsage {
    return this.#total ? { ...this.#total, hostile: this.#hostile } : { ...this.#start, output: this.#counted, hostile: this.#hostile };
  }

  get output(): number {
    return this.#total?.output ?? this.#counted;
  }

  get countedOutput(): number {
    return this.#counted;
  }

  get isExact(): boolean {
    return this.#total !== undefined;
  }

  get hasTotal(): boolean {
    return this.#total !== undefined;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get hasBegun(): boolean {
    return this.#counted > 0 || this.output > 0;
  }

  read(data: Buffer, name: string): Buffer | undefined {
    const event = readEvent(data, name);
    switch (event.type) {
      case 'message_start':
        return this.#begin(event);
      case 'content_block_start':
        this.#blocks++;
        this.#isOpen = true;
        return this.#withIndex(event);
      case 'content_block_delta':
        this.#counted++;
        return this.#withIndex(event);
      case 'content_block_stop':
        this.#isOpen = false;
        return this.#withIndex(event);
      case 'message_delta':
        return this.#end(event);
      case 'message_stop':
        this.#isDone = true;
        return undefined;
      case 'ping':
        return undefined;
      case 'error':
        throw new StreamError('error_chunk');
      default:
        return namedEvent(event.type, data);
    }
  }

  closing(billed: TokenUsage, cost: string): Buffer[] {
    const ending = this.#ending ?? { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } };
    return [endingEvent(ending, billed, cost)];
  }

  last(): string {
    return 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
  }

  cutEvents(): Buffer[] {
    const events: Buffer[] = [];
    if (this.#isOpen) events.push(namedEvent('content_block_stop', `{"type":"content_block_stop","index":${this.#blocks - 1}}`));
    const usage = JSON.stringify({ output_tokens: this.output });
    events.push(namedEvent('message_delta', `{"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":${usage}}`));
    return events;
  }

  failure(): undefined {
    return undefined;
  }

  #begin(event: NamedEvent): Buffer {
    const value = parseEvent(event);
    const message = isObject(value['message']) ? value['message'] : {};
    const usage = normalizeUsage(message['usage']);
    if (usage) {
      this.#hostile ||= usage.hostile;
      this.#start = usage;
    }
    if (isWhole(message)) return namedEvent(event.type, event.object.bytes);
    const { id, model } = this.#fallback;
    const repaired = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 0, output_tokens: 0 }, ...message };
    return namedEvent(event.type, JSON.stringify({ ...value, message: repaired }));
  }

  #withIndex({ type, object }: NamedEvent): Buffer {
    if (findField(object, 'index')) return namedEvent(type, object.bytes);
    const index = String(Math.max(0, this.#blocks - 1));
    return namedEvent(type, Buffer.concat(editAsPieces(object, { remove: () => false, set: [{ name: 'index', json: index }] })));
  }

  /** There may be more than one: all but the last pass at once. */
  #end(event: NamedEvent): Buffer | undefined {
    const before = this.#ending;
    const value = parseEvent(event);
    this.#ending = value;
    const { delta } = value;
    if (isObject(delta) && typeof delta['stop_reason'] === 'string') this.#isFinished = true;
    const usage = normalizeUsage(value['usage']);
    if (usage) this.#take(usage, value['usage'] as Record<string, unknown>);
    return before && namedEvent('message_delta', JSON.stringify(before));
  }

  /** What the last event does not repeat was told in the first one. */
  #take(usage: TokenUsage, told: Readonly<Record<string, unknown>>): void {
    this.#hostile ||= usage.hostile;
    const { input, cached } = typeof told['input_tokens'] === 'number' ? usage : this.#start;
    this.#total = { input: Math.min(input, tokenCountMax), cached, output: usage.output, hostile: usage.hostile };
  }
}

/** The event that tells why the answer ended, and its bill. */
export function endingEvent(ending: Readonly<Record<string, unknown>>, billed: TokenUsage, cost: string): Buffer {
  const own = isObject(ending['usage']) ? ending['usage'] : {};
  const usage = { ...own, input_tokens: billed.input, cache_read_input_tokens: billed.cached, output_tokens: billed.output };
  const { usage: _, ...rest } = ending;
  return namedEvent('message_delta', `${JSON.stringify(rest).slice(0, -1)},"usage":${withCost(usage, cost)}}`);
}

function isWhole(message: Readonly<Record<string, unknown>>): boolean {
  const { id, type, role, model, content, usage } = message;
  return typeof id === 'string' && type === 'message' && role === 'assistant' && typeof model === 'string' && Array.isArray(content) && isObject(usage);
}
