import { standsAt } from './field-names.ts';
import { splitPrompt, type TokenUsage } from './token-usage.ts';
import { UsageReader } from './usage-reader.ts';

/** How far from the end of a chunk engines write `usage`, in bytes. */
export const trailingUsageBytesMax = 256;

/** The `usage` that ends a JSON object, and where it stands. */
export interface TrailingUsage {
  /** Index of the comma before the name: the object without usage is `bytes[0..cut]` and a brace. */
  readonly cut: number;
  /** First byte of the value. */
  readonly valueStart: number;
  /** Byte after the value. */
  readonly valueEnd: number;
  /** Undefined where the value is null. */
  readonly usage: TokenUsage | undefined;
}

const usageName = '"usage":';

/**
 * Reads `,"usage":{...}}` or `,"usage":null}` at the very end of valid JSON without parsing the rest: nearly
 * all that engines send. Undefined for everything else, which the caller reads the slow way.
 *
 * It cannot be deceived by text: inside a JSON string the quotes would be escaped, so that the bytes
 * `"usage":` after a comma are a name; and since exactly the object's own brace follows the value, it is a
 * name of the outermost object.
 */
export function readTrailingUsage(json: Buffer): TrailingUsage | undefined {
  const nameAt = lastUsageName(json);
  if (nameAt < 1) return undefined;
  let cut = nameAt - 1;
  while (cut > 0 && json[cut] === 0x20) cut--;
  if (json[cut] !== 0x2c) return undefined;
  const reader = new UsageReader(json, nameAt + usageName.length);
  reader.skipSpaces();
  const valueStart = reader.at;
  const isNull = reader.skipNull();
  if (!isNull && !reader.read()) return undefined;
  const valueEnd = reader.at;
  if (json[valueEnd] !== 0x7d || valueEnd + 1 !== json.length) return undefined;
  if (isNull) return { cut, valueStart, valueEnd, usage: undefined };
  return { cut, valueStart, valueEnd, usage: splitPrompt(reader.prompt, reader.cached, reader.output) };
}

/** Where the name stands last, near the end; -1 where it does not. */
function lastUsageName(json: Buffer): number {
  const least = Math.max(0, json.length - trailingUsageBytesMax);
  for (let at = json.length - usageName.length; at >= least; at--) if (json[at] === 0x22 && json[at + 1] === 0x75 && standsAt(json, at, usageName)) return at;
  return -1;
}
