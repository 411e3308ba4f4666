import { randomFillSync } from 'node:crypto';

/** A UUIDv7 in both forms. */
export interface RequestId {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Random bytes are drawn for many ids at once. */
const pool = Buffer.alloc(16 * 256);
let used = pool.length;

const digits = Buffer.from('0123456789abcdef');
const dash = 0x2d;
const characters = Buffer.alloc(36, dash);

/** A new id, made at `nowMs` of UTC; ids rise with the milliseconds (RFC 9562 §5.7). */
export function newRequestId(nowMs = Date.now()): RequestId {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.alloc(16);
  for (let i = 6; i < 16; i++) bytes[i] = pool[used + i] as number;
  used += 16;
  const high = Math.floor(nowMs / 0x1_0000_0000);
  bytes[0] = high >>> 8;
  bytes[1] = high;
  bytes[2] = nowMs >>> 24;
  bytes[3] = nowMs >>> 16;
  bytes[4] = nowMs >>> 8;
  bytes[5] = nowMs;
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return { bytes, text: textOf(bytes) };
}

/** The text form: 8-4-4-4-12 hex digits. */
function textOf(bytes: Buffer): string {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i] as number;
    // The dashes stay where they are.
    if (i === 4 || i === 6 || i === 8 || i === 10) at++;
    characters[at++] = digits[byte >>> 4] as number;
    characters[at++] = digits[byte & 15] as number;
  }
  return characters.toString('latin1');
}
