import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openReceiptSigner } from './receipt-signer.ts';
import type { Receipt } from './write-receipt.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-receipt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const receipt: Receipt = {
  schema_version: 1,
  requested_on: '2026-03-04',
  deleted_on: '2026-03-04',
  messages_unreadable_since: '2026-03-04',
  backups_unreadable_since: '2026-03-12',
  removed: { accounts: 1 },
};

function keyFile(...pems: readonly string[]): string {
  const file = join(folder, createHash('sha256').update(pems.join('')).digest('hex'));
  writeFileSync(file, pems.join('\n'), { mode: 0o600 });
  return file;
}

const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test('the first key signs, the others are published still, each under its thumbprint (RFC 7638)', () => {
  const [newest, older] = [pem(), pem()];
  const signer = openReceiptSigner(keyFile(newest, older));
  expect(signer.publicKeys.map(({ kty, crv, alg, use }) => [kty, crv, alg, use])).toEqual([
    ['OKP', 'Ed25519', 'EdDSA', 'sig'],
    ['OKP', 'Ed25519', 'EdDSA', 'sig'],
  ]);
  const [first] = signer.publicKeys;
  expect(first!.kid).toBe(createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${first!.x}"}`).digest('base64url'));
  const { jws } = signer.sign(receipt);
  expect(JSON.parse(Buffer.from(jws!.protected, 'base64url').toString())).toEqual({ alg: 'EdDSA', kid: first!.kid });
  expect(JSON.parse(Buffer.from(jws!.payload, 'base64url').toString())).toEqual(receipt);
  const signed = Buffer.from(`${jws!.protected}.${jws!.payload}`);
  expect(verify(null, signed, createPublicKey(newest), Buffer.from(jws!.signature, 'base64url'))).toBe(true);
  expect(verify(null, signed, createPublicKey(older), Buffer.from(jws!.signature, 'base64url'))).toBe(false);
});

test('without a key a receipt says that it is not signed', () => {
  expect(openReceiptSigner(undefined)).toMatchObject({ publicKeys: [] });
  expect(openReceiptSigner(undefined).sign(receipt)).toEqual({ receipt, jws: null });
});

test('a key of another kind, or none, is refused by name without its content', () => {
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => openReceiptSigner(keyFile(rsa))).toThrow('TACET_ACCOUNT_RECEIPT_KEY_FILE: keys must be Ed25519');
  expect(() => openReceiptSigner(keyFile('sesame'))).toThrow('TACET_ACCOUNT_RECEIPT_KEY_FILE: holds no private key in PEM');
  expect(() => openReceiptSigner(keyFile('-----BEGIN PRIVATE KEY-----\nsesame\n-----END PRIVATE KEY-----'))).toThrow(
    /^TACET_ACCOUNT_RECEIPT_KEY_FILE: holds something that is no private key$/,
  );
});
