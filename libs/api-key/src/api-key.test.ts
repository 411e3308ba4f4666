import { createHash, createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apiKeyIsWellFormed, apiKeyLength, createApiKey, hashApiKey, nameOfApiKey } from './index.ts';

const secret = Buffer.alloc(32, 7);
const other = Buffer.alloc(32, 8);

test('a new key has the documented form, a check that holds and the hash of the whole', () => {
  const { plaintextKey, publicId, hash } = createApiKey(secret);
  expect(plaintextKey).toMatch(/^tct_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}$/);
  expect(plaintextKey).toHaveLength(apiKeyLength);
  expect(plaintextKey.slice(9, 17)).toBe(publicId);
  expect(hash.equals(createHash('sha256').update(plaintextKey).digest())).toBe(true);
  expect(apiKeyIsWellFormed(plaintextKey, [secret])).toBe(true);
});

test('the name of a key is its hash, whatever was presented as a key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (key) => {
      expect(nameOfApiKey(key)).toBe(hashApiKey(key).toString('latin1'));
      expect(Buffer.from(nameOfApiKey(key), 'latin1')).toEqual(hashApiKey(key));
    }),
  );
});

test('the check is HMAC-SHA-256 mod 62^6, computed here a second way', () => {
  const { plaintextKey } = createApiKey(secret);
  const digest = createHmac('sha256', secret).update(plaintextKey.slice(0, -6)).digest('hex');
  let n = BigInt(`0x${digest.slice(0, 16)}`) % 62n ** 6n;
  let expected = '';
  for (; expected.length < 6; n /= 62n) expected = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.charAt(Number(n % 62n)) + expected;
  expect(plaintextKey.slice(-6)).toBe(expected);
});

test('a key of an older check secret is still well formed, one of another deployment is not', () => {
  const { plaintextKey } = createApiKey(other);
  expect(apiKeyIsWellFormed(plaintextKey, [secret, other])).toBe(true);
  expect(apiKeyIsWellFormed(plaintextKey, [secret])).toBe(false);
});

test('a changed character is noticed', () => {
  const { plaintextKey } = createApiKey(secret);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: apiKeyLength - 1 }), fc.constantFrom(...'09AZaz_'), (at, character) => {
      fc.pre(plaintextKey[at] !== character);
      const changed = plaintextKey.slice(0, at) + character + plaintextKey.slice(at + 1);
      expect(apiKeyIsWellFormed(changed, [secret])).toBe(false);
    }),
  );
});

test.each(['', 'tct_live_', 'sk-1234', 'x'.repeat(apiKeyLength), 'tct_live_é'])('%j is not a key', (text) => {
  expect(apiKeyIsWellFormed(text, [secret])).toBe(false);
});

test('all characters of the alphabet are equally likely', () => {
  let next = 0;
  const counting = (bytes: number) => Uint8Array.from({ length: bytes }, () => next++ & 0xff);
  const seen = new Map<string, number>();
  for (let i = 0; i < 500; i++) for (const c of createApiKey(secret, counting).plaintextKey.slice(18, 48)) seen.set(c, (seen.get(c) ?? 0) + 1);
  expect(seen.size).toBe(62);
  expect(Math.max(...seen.values()) - Math.min(...seen.values())).toBeLessThan(100);
  expect(hashApiKey('a')).toHaveLength(32);
});
