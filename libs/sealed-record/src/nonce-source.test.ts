import { randomFillSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createNonceSource } from './nonce-source.ts';

test('a million nonces, no duplicate, and every byte comes from the CSPRNG', () => {
  let drawnBytes = 0;
  const draw = createNonceSource((block) => {
    drawnBytes += block.length;
    return randomFillSync(block);
  });
  // The first 8 bytes alone must differ already (a chance of 3 in 10^8 that they do not).
  const heads = new BigUint64Array(1_000_000);
  for (let i = 0; i < heads.length; i++) {
    const nonce = draw();
    heads[i] = Buffer.from(nonce.buffer, nonce.byteOffset, 12).readBigUInt64BE();
  }
  heads.sort();
  for (let i = 1; i < heads.length; i++) if (heads[i] === heads[i - 1]) throw new Error('a nonce was given twice');
  expect(drawnBytes).toBe(Math.ceil(1_000_000 / 1_024) * 1_024 * 12);
});

test('no two nonces share a byte of the pool, and none changes after it was given', () => {
  let next = 0;
  const draw = createNonceSource((block) => {
    for (let i = 0; i < block.length; i += 4) block.writeUInt32BE(next++, i);
    return block;
  });
  const nonces = Array.from({ length: 3_000 }, draw);
  expect(nonces.map((nonce) => Buffer.from(nonce).readUInt32BE(0))).toEqual(nonces.map((_, i) => i * 3));
  expect(nonces.every((nonce) => nonce.length === 12)).toBe(true);
});
