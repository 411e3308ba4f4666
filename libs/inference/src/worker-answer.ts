import { withCost } from './answer-stream.ts';
import { isObject } from './chat-chunk.ts';
import { JsonError } from './json-error.ts';
import { findField, findValue } from './read-field.ts';
import { scanObject, type ScannedField, type ScannedObject } from './scan-object.ts';
import { normalizeUsage, type TokenUsage } from './token-usage.ts';

/** Longest usage object that is read, in bytes. */
const usageBytesMax = 4096;

/** A worker's whole (not streamed) answer, checked to be JSON and read as far as the router needs it. */
export class WorkerAnswer {
  /** Undefined where the worker told none. */
  readonly usage: TokenUsage | undefined;
  /** Whether the worker reports a failure instead of an answer. */
  readonly isError: boolean;
  readonly #object: ScannedObject;
  readonly #usageField: ScannedField | undefined;

  private constructor(object: ScannedObject, usageField: ScannedField | undefined, usage: TokenUsage | undefined) {
    this.#object = object;
    this.#usageField = usageField;
    this.usage = usage;
    this.isError = findValue(object, 'error') !== undefined && findField(object, 'choices') === undefined;
  }

  get bytes(): Buffer {
    return this.#object.bytes;
  }

  /** Reads an answer of any API. Throws `JsonError` when the bytes are not one JSON object. */
  static read(bytes: Buffer): WorkerAnswer {
    const object = scanObject(bytes);
    const field = findField(object, 'usage');
    if (field && field.valueEnd - field.valueStart > usageBytesMax) throw new JsonError('field_invalid', 'the usage object is too long', 'usage');
    const usage = field && readUsage(JSON.parse(bytes.toString('utf8', field.valueStart, field.valueEnd)), findField(object, 'choices') === undefined);
    return new WorkerAnswer(object, field, usage);
  }

  /**
   * The answer's bytes with `cost` (a JSON number in USD) as the last field of its usage object, where it has
   * one. A cost that the worker wrote is replaced.
   */
  withCost(cost: string): Buffer {
    const { bytes } = this.#object;
    const field = this.#usageField;
    if (field === undefined || this.usage === undefined) return bytes;
    const end = field.valueEnd - 1;
    const foreign = bytes.indexOf(costName, field.valueStart);
    if (foreign >= 0 && foreign < end) return this.#replaceCost(field, cost);
    return Buffer.concat([bytes.subarray(0, end), Buffer.from(`,"cost":${cost}`), bytes.subarray(end)]);
  }

  #replaceCost(field: ScannedField, cost: string): Buffer {
    const { bytes } = this.#object;
    const ours = withCost(JSON.parse(bytes.toString('utf8', field.valueStart, field.valueEnd)) as object, cost);
    return Buffer.concat([bytes.subarray(0, field.valueStart), Buffer.from(ours), bytes.subarray(field.valueEnd)]);
  }
}

const costName = Buffer.from('"cost"');

/** Rankers, which generate nothing, may tell a total alone: all of it is prompt. */
function readUsage(value: unknown, isPromptOnly: boolean): TokenUsage | undefined {
  const usage = normalizeUsage(value);
  if (usage || !isPromptOnly || !isObject(value) || typeof value['total_tokens'] !== 'number') return usage;
  return normalizeUsage({ prompt_tokens: value['total_tokens'] });
}
