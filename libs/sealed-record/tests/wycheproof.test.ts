import { createHmac, createSecretKey } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { expect, test } from '@jest/globals';
import { openAead, sealAead } from '../src/aead.ts';
import { hkdfExpand, hkdfExtract } from '../src/hkdf.ts';
import { RecordRefusedError } from '../src/index.ts';
import { hex, readVectors, type WycheproofFile, type WycheproofTest } from './read-vectors.ts';

/** Project Wycheproof against the very functions that records are made of, and against those of the second implementation. */
function forEach(file: string, check: (vector: WycheproofTest, bytes: (field: string) => Buffer, tagSize: number) => void): number {
  const { testGroups, numberOfTests } = readVectors(`wycheproof/${file}`) as WycheproofFile;
  let count = 0;
  for (const { tests, tagSize = 0 } of testGroups) {
    for (const vector of tests) {
      try {
        check(vector, (field) => hex(String(vector[field])), tagSize);
      } catch (error) {
        throw new Error(`case ${vector.tcId}`, { cause: error });
      }
      count++;
    }
  }
  expect(count).toBe(numberOfTests);
  return count;
}

test('ChaCha20-Poly1305: every case, both directions, both implementations', () => {
  const count = forEach('chacha20_poly1305_test.json', ({ result }, bytes) => {
    const [key, nonce, aad, plaintext] = [bytes('key'), bytes('iv'), bytes('aad'), bytes('msg')];
    const sealed = Buffer.concat([bytes('ct'), bytes('tag')]);
    const open = () => openAead(createSecretKey(key), nonce, aad, sealed);
    const openNoble = () => chacha20poly1305(key, nonce, aad).decrypt(sealed);
    if (result === 'valid') {
      expect(open().equals(plaintext)).toBe(true);
      expect(Buffer.concat(sealAead(createSecretKey(key), nonce, aad, plaintext)).equals(sealed)).toBe(true);
      expect(Buffer.from(openNoble()).equals(plaintext)).toBe(true);
      expect(Buffer.from(chacha20poly1305(key, nonce, aad).encrypt(plaintext)).equals(sealed)).toBe(true);
    } else {
      expect(open).toThrow(RecordRefusedError);
      expect(openNoble).toThrow();
    }
  });
  expect(count).toBe(325);
});

test('a nonce of another length is refused like everything else', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  for (const length of [0, 8, 11, 13, 24]) expect(() => openAead(key, Buffer.alloc(length), Buffer.alloc(0), Buffer.alloc(64))).toThrow(RecordRefusedError);
});

test('HMAC-SHA-256: every case, both implementations', () => {
  const count = forEach('hmac_sha256_test.json', ({ result }, bytes, tagSize) => {
    const node = createHmac('sha256', createSecretKey(bytes('key'))).update(bytes('msg')).digest().subarray(0, tagSize / 8);
    const noble = Buffer.from(hmac(sha256, bytes('key'), bytes('msg'))).subarray(0, tagSize / 8);
    expect(node.equals(bytes('tag'))).toBe(result === 'valid');
    expect(noble.equals(node)).toBe(true);
  });
  expect(count).toBe(174);
});

test('HKDF-SHA-256: every case, both implementations', () => {
  const count = forEach('hkdf_sha256_test.json', ({ result, size = 0 }, bytes) => {
    // RFC 5869 §2.2: an absent salt is 32 zero bytes (HMAC pads the empty key to the same).
    const salt = bytes('salt').length === 0 ? Buffer.alloc(32) : bytes('salt');
    const derive = () => Buffer.concat(hkdfExpand(hkdfExtract(createSecretKey(salt), createSecretKey(bytes('ikm'))), bytes('info'), Math.ceil(size / 32)), size);
    const deriveNoble = () => expand(sha256, extract(sha256, bytes('ikm'), salt), bytes('info'), size);
    if (result === 'valid') {
      expect(derive().equals(bytes('okm'))).toBe(true);
      expect(Buffer.from(deriveNoble()).equals(bytes('okm'))).toBe(true);
    } else {
      expect(derive).toThrow(RangeError);
      expect(deriveNoble).toThrow();
    }
  });
  expect(count).toBe(86);
});
