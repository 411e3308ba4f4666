import { withCost } from './answer-stream.ts';
import { isObject } from './chat-chunk.ts';
import { JsonError } from './json-error.ts';
import { findField, findValue } from './read-field.ts';
import { scanObject, type ScannedField, type ScannedObject } from './scan-object.ts';
import { normalizeUsage, splitPrompt, type TokenUsage } from './token-usage.ts';
import { UsageReader } from './usage-reader.ts';

/** Longest usage object that is read, in bytes. */
const usageBytesMax = 4096;

/** Answers up to this size are given back as one string. */
const textBytesMax = 16_384;

/** A worker's whole (not streamed) answer, checked to be JSON and read as far as the router needs it. */
export class WorkerAnswer {
  /** Undefined where the worker told none. */
  readonly usage: TokenUsage | undefined;
  /** Whether the worker reports a failure instead of an answer. */
  readonly isError: boolean;
  readonly #bytes: Buffer;
  readonly #usageField: ScannedField | undefined;
  /** Whether the worker told a cost, or may have. */
  readonly #hasCost: boolean;

  private constructor(object: ScannedObject) {
    const { bytes } = object;
    const hasChoices = findField(object, 'choices') !== undefined;
    const field = findField(object, 'usage');
    this.#bytes = bytes;
    this.#usageField = field;
    if (field && field.valueEnd - field.valueStart > usageBytesMax) throw new JsonError('field_invalid', 'the usage object is too long', 'usage');
    const reader = field && new UsageReader(bytes, field.valueStart);
    const isRead = reader?.read() ?? false;
    this.#hasCost = !isRead || reader?.hasCost === true;
    if (reader && isRead) this.usage = splitPrompt(reader.prompt, reader.cached, reader.output);
    else this.usage = field && readUsage(parsedUsage(bytes, field), !hasChoices);
    this.isError = !hasChoices && findValue(object, 'error') !== undefined;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Reads an answer of any API. Throws `JsonError` when the bytes are not one JSON object, or its usage is too long. */
  static read(bytes: Buffer): WorkerAnswer {
    return new WorkerAnswer(scanObject(bytes));
  }

  /**
   * The answer with `cost` (a JSON number in USD) as the last field of its usage object, where it has one. A cost that
   * the worker wrote is replaced. A small one is a string of latin1: a character for each byte.
   */
  priced(cost: string): string | Buffer {
    const bytes = this.#bytes;
    const field = this.usage && this.#usageField;
    if (field === undefined) return bytes.length <= textBytesMax ? bytes.toString('latin1') : bytes;
    const { valueStart, valueEnd } = field;
    if (this.#hasCost) return replaced(bytes, valueStart, valueEnd, Buffer.from(withCost(parsedUsage(bytes, field) as object, cost)));
    const price = `,"cost":${cost}`;
    if (bytes.length > textBytesMax) return replaced(bytes, valueEnd - 1, valueEnd - 1, Buffer.from(price));
    const text = bytes.toString('latin1');
    return text.slice(0, valueEnd - 1) + price + text.slice(valueEnd - 1);
  }
}

function parsedUsage(bytes: Buffer, { valueStart, valueEnd }: ScannedField): unknown {
  return JSON.parse(bytes.toString('utf8', valueStart, valueEnd));
}

function replaced(bytes: Buffer, from: number, to: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);
}

/** Rankers, which generate nothing, may tell a total alone: all of it is prompt. */
function readUsage(value: unknown, isPromptOnly: boolean): TokenUsage | undefined {
  const usage = normalizeUsage(value);
  if (usage || !isPromptOnly || !isObject(value) || typeof value['total_tokens'] !== 'number') return usage;
  return normalizeUsage({ prompt_tokens: value['total_tokens'] });
}
