import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readSecretFile } from '@tacet/service';
import type { Receipt } from './write-receipt.ts';

/** A public key as it is published (RFC 8037 §2). */
export interface PublicSigningKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** The key's thumbprint (RFC 7638). */
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** A receipt and, where the deployment has a key for it, its signature as a flattened JWS (RFC 7515 §7.2.2). */
export interface SignedReceipt {
  readonly receipt: Receipt;
  readonly jws: { readonly protected: string; readonly payload: string; readonly signature: string } | null;
}

export interface ReceiptSigner {
  sign(receipt: Receipt): SignedReceipt;
  /** The key that signs now, then those that signed before. */
  readonly publicKeys: readonly PublicSigningKey[];
}

const variable = 'TACET_ACCOUNT_RECEIPT_KEY_FILE';

/**
 * Reads the signing keys (`openssl genpkey -algorithm ed25519`, PEM): the first signs, older ones behind it are only
 * published. Without a file receipts carry no signature. Throws an `Error` that names the variable.
 */
export function openReceiptSigner(keyFile: string | undefined): ReceiptSigner {
  if (keyFile === undefined) return { sign: (receipt) => ({ receipt, jws: null }), publicKeys: [] };
  const blocks = readSecretFile(variable, keyFile).match(/-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----/g) ?? [];
  const keys = blocks.map(readKey);
  const [signing] = keys;
  if (!signing) throw new Error(`${variable}: holds no private key in PEM`);
  const publicKeys = keys.map(toPublicKey);
  const kid = publicKeys[0]?.kid ?? '';
  return { sign: (receipt) => signReceipt(signing, kid, receipt), publicKeys };
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Error(`${variable}: holds something that is no private key`, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${variable}: keys must be Ed25519`);
  return key;
}

function toPublicKey(privateKey: KeyObject): PublicSigningKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error(`${variable}: a key has no public part`);
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' };
}

function signReceipt(key: KeyObject, kid: string, receipt: Receipt): SignedReceipt {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'EdDSA', kid });
  const payload = encode(receipt);
  const signature = sign(null, Buffer.from(`${header}.${payload}`), key).toString('base64url');
  return { receipt, jws: { protected: header, payload, signature } };
}
