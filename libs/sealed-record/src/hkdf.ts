import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** HKDF-Extract with SHA-256 (RFC 5869 §2.2): PRK = HMAC(salt, IKM). */
export function hkdfExtract(salt: KeyObject, inputKey: KeyObject): KeyObject {
  return createSecretKey(createHmac('sha256', salt).update(inputKey.export()).digest());
}

/** HKDF-Expand with SHA-256 (RFC 5869 §2.3) as its blocks of 32 bytes: T(i) = HMAC(PRK, T(i−1) ‖ info ‖ i), i = 1 … count. */
export function hkdfExpand(prk: KeyObject, info: Uint8Array, count: number): Buffer[] {
  if (count > 255) throw new RangeError('HKDF-Expand gives at most 255 blocks');
  const input = Buffer.allocUnsafe(32 + info.length + 1);
  input.set(info, 32);
  const blocks: Buffer[] = [];
  for (let i = 1; i <= count; i++) {
    input[input.length - 1] = i;
    const block = createHmac('sha256', prk).update(i === 1 ? input.subarray(32) : input).digest();
    input.set(block);
    blocks.push(block);
  }
  return blocks;
}
