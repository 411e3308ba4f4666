import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefix = 'tct_live_';
const publicIdLength = 8;
const secretLength = 30;
const checkLength = 6;
const checkSpace = 62n ** BigInt(checkLength);

/** Length of an API key, in characters: `tct_live_<id 8>_<secret 30><check 6>`. */
export const apiKeyLength = prefix.length + publicIdLength + 1 + secretLength + checkLength;

/** A new API key. `plaintextKey` is shown once; what is stored is `hash` and `publicId`. */
export interface NewApiKey {
  readonly plaintextKey: string;
  /** The 8 characters by which people tell keys apart. */
  readonly publicId: string;
  /** SHA-256 of the whole ASCII key, 32 bytes. */
  readonly hash: Buffer;
}

/**
 * Makes an API key. `checkSecret` is the deployment's newest check secret; `random` gives that many bytes
 * from the CSPRNG (an argument so that vectors can be made).
 */
export function createApiKey(checkSecret: Uint8Array, random: (bytes: number) => Uint8Array = randomBytes): NewApiKey {
  const publicId = randomBase62(publicIdLength, random);
  const body = `${prefix}${publicId}_${randomBase62(secretLength, random)}`;
  const plaintextKey = body + checkCharacters(checkSecret, body);
  return { plaintextKey, publicId, hash: hashApiKey(plaintextKey) };
}

/** SHA-256 of the whole ASCII key: what is stored and looked up. */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** The same as a string of 32 characters (latin1): what a key is looked up by in memory, where a `Buffer` costs more than the hash. */
export function nameOfApiKey(key: string): string {
  return hash('sha256', key, 'binary');
}

/**
 * Whether a string has the form of a key and check characters of one of the deployment's secrets (newest
 * first), so that invented keys cost no look-up. Constant time in the characters.
 */
export function apiKeyIsWellFormed(key: string, checkSecrets: readonly Uint8Array[]): boolean {
  if (key.length !== apiKeyLength || !/^tct_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}$/.test(key)) return false;
  const body = key.slice(0, -checkLength);
  const check = Buffer.from(key.slice(-checkLength), 'latin1');
  let found = false;
  for (const secret of checkSecrets) {
    if (timingSafeEqual(Buffer.from(checkCharacters(secret, body), 'latin1'), check)) found = true;
  }
  return found;
}

/** First 8 bytes (u64, big-endian) of HMAC-SHA-256(secret, body) mod 62⁶, in base62, left-padded. */
function checkCharacters(secret: Uint8Array, body: string): string {
  let rest = createHmac('sha256', secret).update(body, 'latin1').digest().readBigUInt64BE(0) % checkSpace;
  let characters = '';
  for (let i = 0; i < checkLength; i++) {
    characters = (alphabet[Number(rest % 62n)] ?? '') + characters;
    rest /= 62n;
  }
  return characters;
}

/** Uniform characters: bytes of 248 and more are thrown away, since 256 is no multiple of 62. */
function randomBase62(length: number, random: (bytes: number) => Uint8Array): string {
  let characters = '';
  while (characters.length < length) {
    for (const byte of random(length * 2)) {
      if (byte < 248 && characters.length < length) characters += alphabet[byte % 62];
    }
  }
  return characters;
}
