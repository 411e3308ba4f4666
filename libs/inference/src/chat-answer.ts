import { JsonError } from './json-error.ts';
import { findField, findValue } from './read-field.ts';
import { scanObject, type ScannedField, type ScannedObject } from './scan-object.ts';
import { normalizeUsage, type TokenUsage } from './token-usage.ts';

/** Longest usage object that is read, in bytes. */
const usageBytesMax = 4096;

/** A worker's whole (not streamed) answer, checked to be JSON and read as far as the router needs it. */
export class ChatAnswer {
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

  /** Throws `JsonError` when the bytes are not one JSON object. */
  static read(bytes: Buffer): ChatAnswer {
    const object = scanObject(bytes);
    const field = findField(object, 'usage');
    if (field && field.valueEnd - field.valueStart > usageBytesMax) throw new JsonError('field_invalid', 'the usage object is too long', 'usage');
    const usage = field && normalizeUsage(JSON.parse(bytes.toString('utf8', field.valueStart, field.valueEnd)));
    return new ChatAnswer(object, field, usage);
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
    const { cost: _, ...usage } = JSON.parse(bytes.toString('utf8', field.valueStart, field.valueEnd)) as Record<string, unknown>;
    const ours = `${JSON.stringify(usage).slice(0, -1)},"cost":${cost}}`;
    return Buffer.concat([bytes.subarray(0, field.valueStart), Buffer.from(ours), bytes.subarray(field.valueEnd)]);
  }
}

const costName = Buffer.from('"cost"');
