import { randomFillSync } from 'node:crypto';

/** Gives 12 bytes that it never gave before; called once for each record. */
export type NonceSource = () => Uint8Array;

/** Nonces from the CSPRNG, drawn 1,024 at once: one by one they would cost as much as the cipher. No byte is given twice. */
export function createNonceSource(fillRandom: <B extends Buffer>(block: B) => B = randomFillSync): NonceSource {
  let [block, at] = [Buffer.alloc(0), 0];
  return () => {
    // A new block each time: nonces of the old one may still be held.
    if (at === block.length) [block, at] = [fillRandom(Buffer.alloc(12 * 1_024)), 0];
    return block.subarray(at, (at += 12));
  };
}
