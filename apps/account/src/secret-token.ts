import { hash, randomBytes } from 'node:crypto';

/** A secret of 256 bits that is handed out once and stored only as its hash. */
export interface SecretToken {
  /** base64url, 43 characters. */
  readonly plaintextToken: string;
  /** SHA-256 of it, 32 bytes. */
  readonly hash: Buffer;
}

/** Makes a token for a session, a mailed link or a receipt. */
export function createSecretToken(): SecretToken {
  const plaintextToken = randomBytes(32).toString('base64url');
  return { plaintextToken, hash: hashSecretToken(plaintextToken) };
}

/** The hash under which a token that came from outside is looked up. */
export function hashSecretToken(plaintextToken: string): Buffer {
  return hash('sha256', plaintextToken, 'buffer');
}
