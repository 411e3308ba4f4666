import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { RecordRefusedError } from './record-refused-error.ts';

const tag = { authTagLength: 16 } as const;

/** AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8) over plaintext ‖ padding: ciphertext in one part or two, then the tag. */
export function sealAead(key: KeyObject, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, padding?: Uint8Array): Buffer[] {
  const plaintextLength = plaintext.length + (padding?.length ?? 0);
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, tag).setAAD(aad, { plaintextLength });
  const sealed = padding ? [cipher.update(plaintext), cipher.update(padding)] : [cipher.update(plaintext)];
  return [...sealed, cipher.final(), cipher.getAuthTag()];
}

/** Its inverse over ciphertext ‖ tag. Gives nothing that is not authenticated: throws `RecordRefusedError`. */
export function openAead(key: KeyObject, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const plaintextLength = sealed.length - tag.authTagLength;
  if (nonce.length !== 12 || plaintextLength < 0) throw new RecordRefusedError();
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, tag).setAAD(aad, { plaintextLength });
  const plaintext = decipher.setAuthTag(sealed.subarray(plaintextLength)).update(sealed.subarray(0, plaintextLength));
  try {
    decipher.final();
  } catch {
    throw new RecordRefusedError();
  }
  return plaintext;
}
