import type { Quarry } from './encodings.ts';
import { frameKinds } from './unpack.ts';

/** A canary that was found. */
export interface Finding {
  /** File, address or name of what it was found in. */
  readonly where: string;
  /** How it was written: `gzip > utf-16le`. */
  readonly encoding: string;
  /** Which canary. */
  readonly label: string;
}

/** A finding's neighbourhood holds the longest form of a whole canary. */
const windowBytes = 512;
/** Frames within frames. */
const depthMax = 3;
/** Distinct places of one encoding that are told apart in one file. */
const findingsMax = 1_000;

/** Every canary in the bytes, in every encoding, also inside compressed frames. */
export function scanBytes(bytes: Buffer, quarry: Quarry, where: string): Finding[] {
  return scan(bytes, quarry, where, '', 0);
}

function scan(bytes: Buffer, quarry: Quarry, where: string, outer: string, depth: number): Finding[] {
  const findings: Finding[] = [];
  for (const needle of quarry.needles) {
    for (const at of placesOf(bytes, needle.bytes)) {
      const window = bytes.subarray(at, at + windowBytes);
      findings.push({ where, encoding: outer + needle.encoding, label: quarry.labelAt(window, needle.encoding) });
    }
  }
  if (depth === depthMax) return findings;
  for (const { name, magic, unpack } of frameKinds) {
    for (const at of placesOf(bytes, magic)) {
      const inner = attempt(() => unpack(bytes.subarray(at)));
      if (inner) findings.push(...scan(inner, quarry, where, `${outer}${name} > `, depth + 1));
    }
  }
  return findings;
}

function placesOf(bytes: Buffer, needle: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(needle); at >= 0 && places.length < findingsMax; at = bytes.indexOf(needle, at + 1)) places.push(at);
  return places;
}

/** Undefined: it only looked like a frame. */
function attempt(unpack: () => Buffer): Buffer | undefined {
  try {
    return unpack();
  } catch {
    return undefined;
  }
}
