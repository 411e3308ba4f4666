import { namedEvent, type AnswerStream } from './answer-stream.ts';
import { isObject, type ChatChoice, type ChunkIdentity } from './chat-chunk.ts';
import { ChatStream } from './chat-stream.ts';
import { messageId, reasoningOf, stopOf } from './messages-adapter.ts';
import { endingEvent } from './messages-stream.ts';
import { StreamError } from './stream-error.ts';
import type { TokenUsage } from './token-usage.ts';

export interface MessagesFromChatOptions {
  readonly usageIsTotal: boolean;
  readonly fallback: ChunkIdentity;
}

type BlockKind = 'text' | 'thinking' | 'tool';

/** What is open: one block at a time, as in Anthropic's streams. */
interface OpenBlock {
  readonly kind: BlockKind;
  readonly index: number;
  /** Of the chat's tool call, for `tool`. */
  readonly call: number;
}

/**
 * A streamed answer of `/v1/messages` made of the chunks of a chat completion. Chunks are repaired and counted as
 * for a client of chat completions, then told as events. Each is parsed: this is not the hot path.
 */
export class MessagesFromChat implements AnswerStream {
  readonly keepAlive = 'event: ping\ndata: {"type":"ping"}\n\n';
  readonly #chat: ChatStream;
  #hasStarted = false;
  #open: OpenBlock | undefined;
  #blocks = 0;
  #stop = stopOf({});

  constructor({ usageIsTotal, fallback }: MessagesFromChatOptions) {
    this.#chat = new ChatStream({ kind: 'chat', showUsage: false, usageIsTotal, fallback });
  }

  get usage(): TokenUsage {
    return this.#chat.usage;
  }

  get output(): number {
    return this.#chat.output;
  }

  get countedOutput(): number {
    return this.#chat.countedOutput;
  }

  get isExact(): boolean {
    return this.#chat.isExact;
  }

  get hasTotal(): boolean {
    return this.#chat.hasTotal;
  }

  get isFinished(): boolean {
    return this.#chat.isFinished;
  }

  get isDone(): boolean {
    return this.#chat.isDone;
  }

  get hasBegun(): boolean {
    return this.#chat.hasBegun;
  }

  read(data: Buffer): Buffer | undefined {
    const json = this.#chat.read(data);
    if (json === undefined) return undefined;
    const chunk = JSON.parse(json.toString()) as { readonly id: string; readonly model: string; readonly choices: readonly ChatChoice[] };
    const events = this.#hasStarted ? [] : [this.#start(chunk.id, chunk.model)];
    for (const choice of chunk.choices) if (choice.index === 0) this.#tell(choice, events);
    return events.length === 0 ? undefined : join(events);
  }

  closing(billed: TokenUsage, cost: string): Buffer[] {
    const events = this.#close();
    return [...events, endingEvent({ type: 'message_delta', delta: this.#stop }, billed, cost)];
  }

  last(): string {
    return 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
  }

  cutEvents(): Buffer[] {
    const delta = { type: 'message_delta', delta: { stop_reason: 'max_tokens', stop_sequence: null }, usage: { output_tokens: this.output } };
    return [...this.#close(), namedEvent('message_delta', JSON.stringify(delta))];
  }

  failure(): undefined {
    return undefined;
  }

  #start(id: string, model: string): Buffer {
    this.#hasStarted = true;
    const usage = { input_tokens: this.#chat.promptTokens, cache_read_input_tokens: 0, output_tokens: 0 };
    const message = { id: messageId(id), type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage };
    return namedEvent('message_start', JSON.stringify({ type: 'message_start', message }));
  }

  #tell(choice: ChatChoice, events: Buffer[]): void {
    const delta = choice.delta as Record<string, unknown>;
    const thinking = reasoningOf(delta);
    if (thinking !== '') this.#say('thinking', -1, { type: 'thinking_delta', thinking }, events);
    for (const text of [delta['content'], delta['refusal']]) {
      if (typeof text === 'string' && text !== '') this.#say('text', -1, { type: 'text_delta', text }, events);
    }
    const calls = delta['tool_calls'];
    if (Array.isArray(calls)) for (const call of calls as unknown[]) this.#call(call, events);
    if (typeof choice.finish_reason === 'string') this.#stop = stopOf(choice);
  }

  #call(call: unknown, events: Buffer[]): void {
    if (!isObject(call)) return;
    const described = isObject(call['function']) ? call['function'] : {};
    const number = call['index'] as number;
    const { name, arguments: part } = described;
    const isOpen = this.#open?.kind === 'tool' && this.#open.call === number;
    if (!isOpen) {
      // What belongs to a call that was closed has no place any more.
      if (typeof name !== 'string') throw new StreamError('invalid_chunk');
      this.#begin('tool', number, { type: 'tool_use', id: call['id'], name, input: {} }, events);
    }
    if (typeof part === 'string' && part !== '') events.push(this.#delta({ type: 'input_json_delta', partial_json: part }));
  }

  #say(kind: 'text' | 'thinking', call: number, delta: object, events: Buffer[]): void {
    if (this.#open?.kind !== kind) this.#begin(kind, call, kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' }, events);
    events.push(this.#delta(delta));
  }

  #begin(kind: BlockKind, call: number, block: object, events: Buffer[]): void {
    events.push(...this.#close());
    this.#open = { kind, index: this.#blocks++, call };
    events.push(namedEvent('content_block_start', JSON.stringify({ type: 'content_block_start', index: this.#open.index, content_block: block })));
  }

  #delta(delta: object): Buffer {
    return namedEvent('content_block_delta', JSON.stringify({ type: 'content_block_delta', index: this.#open?.index, delta }));
  }

  #close(): Buffer[] {
    const open = this.#open;
    this.#open = undefined;
    return open ? [namedEvent('content_block_stop', JSON.stringify({ type: 'content_block_stop', index: open.index }))] : [];
  }
}

/** Several events as one; each ends with an empty line but for the last, whose own the writer adds. */
function join(events: readonly Buffer[]): Buffer {
  return Buffer.concat(events.flatMap((event, i) => (i === 0 ? [event] : [emptyLine, event])));
}

const emptyLine = Buffer.from('\n\n');
