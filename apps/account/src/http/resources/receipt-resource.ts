import { z } from 'zod';

/** A receipt and its signature, a flattened JWS (RFC 7515 §7.2.2) whose payload is the receipt. */
export const receiptResource = z.strictObject({
  receipt: z.strictObject({
    schema_version: z.literal(1),
    requested_on: z.iso.date(),
    deleted_on: z.iso.date(),
    messages_unreadable_since: z.iso.date(),
    backups_unreadable_since: z.iso.date(),
    removed: z.record(z.string(), z.int().min(0)),
  }),
  jws: z.strictObject({ protected: z.string(), payload: z.string(), signature: z.string() }).nullable(),
});

/** The public keys of a deployment (RFC 7517), Ed25519 (RFC 8037). */
export const publicKeysResource = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});
