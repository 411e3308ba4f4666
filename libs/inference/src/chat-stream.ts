import { withCost, type AnswerStream } from './answer-stream.ts';
import { choiceIsEmpty, identityOf, isObject, objectNames, repairChunk, type ChatChoice, type ChatChunk, type ChunkIdentity, type ChunkKind } from './chat-chunk.ts';
import { ChunkShape } from './chunk-shape.ts';
import { findField } from './read-field.ts';
import { scanObject, type ScannedField, type ScannedObject } from './scan-object.ts';
import { StreamError } from './stream-error.ts';
import { normalizeUsage, tokenCountMax, type TokenUsage } from './token-usage.ts';
import { readTrailingUsage, type TrailingUsage } from './trailing-usage.ts';

export interface ChatStreamOptions {
  /** Chunks of chat completions, or of (text) completions. */
  readonly kind: ChunkKind;
  /** Whether the client asked to see usage (`stream_options.include_usage`). */
  readonly showUsage: boolean;
  /** Whether usage in a chunk with choices is about all choices (a final usage), not about that choice alone. */
  readonly usageIsTotal: boolean;
  /** What chunks are known by where the worker does not say it. */
  readonly fallback: ChunkIdentity;
}

/**
 * Reads the chunks of one streamed completion (of chat, or of text): repairs what clients rely on, takes the counts out, and
 * hides usage, or shows it with OpenAI's meaning (null in all chunks but an own last one).
 *
 * The usual chunk is passed on by a few searches in its bytes; whatever looks unusual is parsed. Both ways are
 * proven equal in chat-stream.test.ts. The buffers given to `read` are written into.
 */
export class ChatStream implements AnswerStream {
  readonly keepAlive = ': keepalive\n';
  readonly #options: ChatStreamOptions;
  #identity: ChunkIdentity | undefined;
  #shape: ChunkShape | undefined;
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  #prompt: Pick<TokenUsage, 'input' | 'cached'> = { input: 0, cached: 0 };
  /** Newest cumulative output by choice, until a total replaces them. */
  readonly #outputs = new Map<number, number>();
  #outputSum = 0;
  #total: TokenUsage | undefined;
  /** The worker's own usage object, to be shown at the end. */
  #usageJson: Buffer | undefined;
  #hasUsage = false;
  #hostile = false;
  #counted = 0;
  #isDone = false;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
  }

  /** What was received so far, cumulative. Without any usage: input 0, output = chunks with a non-empty delta. */
  get usage(): TokenUsage {
    const hostile = this.#hostile;
    if (!this.#hasUsage) return { input: 0, cached: 0, output: this.#counted, hostile };
    const { input, cached } = this.#total ?? this.#prompt;
    return { input, cached, output: this.#total ? this.#total.output : Math.min(this.#outputSum, tokenCountMax), hostile };
  }

  /** Output received so far: `usage.output` without making an object. */
  get output(): number {
    if (this.#total) return this.#total.output;
    return this.#hasUsage ? this.#outputSum : this.#counted;
  }

  /** Prompt tokens of both kinds that the worker has told of. */
  get promptTokens(): number {
    const { input, cached } = this.#total ?? this.#prompt;
    return input + cached;
  }

  /** Chunks with a non-empty delta: what was received whatever the worker says. */
  get countedOutput(): number {
    return this.#counted;
  }

  /** Whether the counts are the worker's own. */
  get isExact(): boolean {
    return this.#hasUsage;
  }

  /** Whether the worker gave a total for the whole request. */
  get hasTotal(): boolean {
    return this.#total !== undefined;
  }

  /** Whether every choice that has begun has told why it ended. */
  get isFinished(): boolean {
    return this.#begun.size > 0 && this.#finished.size >= this.#begun.size;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether anything was generated yet. */
  get hasBegun(): boolean {
    return this.#counted > 0 || this.output > 0;
  }

  /**
   * Takes the JSON of one event and returns what the client gets, or undefined for nothing. Throws
   * `StreamError`. May write into `json` and return a view of it.
   */
  read(json: Buffer): Buffer | undefined {
    if (json.length === doneText.length && json.toString('latin1') === doneText) {
      this.#isDone = true;
      return undefined;
    }
    const tail = readTrailingUsage(json);
    const end = tail?.cut ?? json.length - 1;
    const shape = this.#shape;
    // A shape has no usage in it, so there is none but that at the end.
    if (!shape?.read(json, end) || (shape.index >= 0 && !this.#begun.has(shape.index))) return this.#readSlowly(json);
    if (!shape.isEmpty) this.#counted++;
    if (tail?.usage) {
      this.#take(tail.usage, shape.index);
      if (this.#showsTotal) this.#usageJson = Buffer.from(json.subarray(tail.valueStart, tail.valueEnd));
    }
    return shape.index < 0 && tail?.usage ? undefined : this.#present(json, tail);
  }

  /**
   * The usage chunk that a client which asked for usage gets before `[DONE]`. It shows what is billed, with the
   * worker's further details.
   */
  closing(billed: TokenUsage, cost: string): Buffer[] {
    if (!this.#options.showUsage) return [];
    const prompt = billed.input + billed.cached;
    const own = this.#usageJson ? (JSON.parse(this.#usageJson.toString()) as Record<string, unknown>) : {};
    const usage: Record<string, unknown> = { ...own, prompt_tokens: prompt, completion_tokens: billed.output, total_tokens: prompt + billed.output };
    return [Buffer.from(`${this.#head()},"choices":[],"usage":${withCost(usage, cost)}}`)];
  }

  last(): string {
    return `data: ${doneText}\n\n`;
  }

  /** A chunk that ends every begun choice. */
  cutEvents(): Buffer[] {
    const open = [...this.#begun].filter((index) => !this.#finished.has(index));
    const empty = this.#options.kind === 'chat' ? { delta: {} } : { text: '', logprobs: null };
    const choices = (open.length > 0 ? open : [0]).map((index) => ({ index, ...empty, finish_reason: 'length' }));
    return [Buffer.from(`${this.#head()},"choices":${JSON.stringify(choices)}${this.#options.showUsage ? ',"usage":null' : ''}}`)];
  }

  failure(): undefined {
    return undefined;
  }

  #head(): string {
    const { id, created, model } = this.#identity ?? this.#options.fallback;
    return `{"id":${JSON.stringify(id)},"object":"${objectNames[this.#options.kind]}","created":${created},"model":${JSON.stringify(model)}`;
  }

  /** The usual chunk as the client gets it, in place. */
  #present(json: Buffer, tail: TrailingUsage | undefined): Buffer {
    if (!this.#options.showUsage) {
      if (tail === undefined) return json;
      json[tail.cut] = brace;
      return json.subarray(0, tail.cut + 1);
    }
    if (tail === undefined) return Buffer.concat([json.subarray(0, json.length - 1), nullUsage]);
    // A usage object is never shorter than `null` and the closing brace.
    const end = tail.valueStart + nullValue.copy(json, tail.valueStart);
    return json.subarray(0, end);
  }

  /** Whether what was taken last is to be shown at the end. */
  get #showsTotal(): boolean {
    return this.#options.showUsage && this.#total !== undefined;
  }

  #take(usage: TokenUsage, index: number): void {
    this.#hasUsage = true;
    this.#hostile ||= usage.hostile;
    if (index < 0 || this.#options.usageIsTotal) {
      // The newest total is the whole truth, also where it is less than what was told before.
      this.#total = usage;
      return;
    }
    this.#total = undefined;
    const before = this.#outputs.get(index) ?? 0;
    // Counters are cumulative: what was received is not un-received.
    const output = Math.max(before, usage.output);
    this.#outputs.set(index, output);
    this.#outputSum += output - before;
    if (usage.input + usage.cached > 0) this.#prompt = usage;
  }

  #readSlowly(json: Buffer): Buffer | undefined {
    const { object, chunk } = parseChunk(json);
    if (chunk['error'] !== undefined && chunk['error'] !== null) throw new StreamError('error_chunk');
    this.#identity ??= identityOf(chunk, this.#options.fallback);
    const usageField = findField(object, 'usage');
    const repaired = repairChunk(chunk, this.#options.kind, this.#identity, this.#begun);
    const choices = chunk.choices as ChatChoice[];
    for (const choice of choices) if (choice.finish_reason !== null) this.#finished.add(choice.index as number);
    if (!choices.every((choice) => choiceIsEmpty(choice, this.#options.kind))) this.#counted++;
    const usage = normalizeUsage(chunk.usage);
    if (usage) {
      this.#take(usage, choices.length === 1 ? (choices[0]?.index as number) : -1);
      if (this.#showsTotal) this.#usageJson = Buffer.from(JSON.stringify(chunk.usage));
    }
    if (choices.length === 0 && usage) return undefined;
    if (repaired) return this.#rebuild(chunk);
    const tail = usageTail(object, usageField);
    if (tail === undefined || (usageField && usageField.valueEnd - usageField.valueStart < 4)) return this.#rebuild(chunk);
    const field = findField(object, 'choices');
    if (choices.length > 0 && field) this.#shape = ChunkShape.learn(this.#options.kind, object, field, tail.cut);
    return this.#present(json, usageField ? tail : undefined);
  }

  #rebuild(chunk: ChatChunk): Buffer {
    const { usage: _, ...rest } = chunk;
    return Buffer.from(JSON.stringify(this.#options.showUsage ? { ...rest, usage: null } : rest));
  }
}

const doneText = '[DONE]';
const brace = 0x7d;
const nullUsage = Buffer.from(',"usage":null}');
const nullValue = Buffer.from('null}');

function parseChunk(json: Buffer): { readonly object: ScannedObject; readonly chunk: ChatChunk } {
  try {
    const object = scanObject(json);
    const chunk: unknown = JSON.parse(json.toString());
    if (isObject(chunk)) return { object, chunk };
  } catch {
    // The parser's own error quotes the chunk.
  }
  throw new StreamError('invalid_chunk');
}

/** Where usage is cut off: at the comma before it, or at the closing brace; undefined where it is not the last field. */
function usageTail(object: ScannedObject, usage: ScannedField | undefined): TrailingUsage | undefined {
  const { bytes, fields, close } = object;
  if (close !== bytes.length - 1) return undefined;
  const lastEnd = fields.at(-1)?.valueEnd;
  if (usage === undefined) return { cut: lastEnd ?? close, valueStart: close, valueEnd: close, usage: undefined };
  const before = fields.at(-2);
  const isLast = fields.at(-1) === usage && before !== undefined && usage.valueEnd === close;
  if (!isLast) return undefined;
  return { cut: before.valueEnd, valueStart: usage.valueStart, valueEnd: usage.valueEnd, usage: undefined };
}
