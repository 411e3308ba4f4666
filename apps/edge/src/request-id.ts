import { randomFillSync } from 'node:crypto';
import { stringify, v7 } from 'uuid';

/** A UUIDv7 in both forms. */
export interface RequestId {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Random bytes are drawn for many ids at once. */
const pool = Buffer.alloc(16 * 256);
let used = pool.length;

/** A new id; ids rise with the milliseconds. */
export function newRequestId(): RequestId {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = v7({ random: pool.subarray(used, used + 16) }, Buffer.alloc(16));
  used += 16;
  return { bytes, text: stringify(bytes) };
}
