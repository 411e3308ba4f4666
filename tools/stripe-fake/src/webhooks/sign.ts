import { createHmac } from 'node:crypto';

/** What may be wrong with a signature. */
export const signatureFaults = [
  /** Nothing. */
  'none',
  /** Made with another secret. */
  'wrong-secret',
  /** Made for another body. */
  'other-body',
  /** No header. */
  'missing',
  /** A header that is no signature. */
  'malformed',
  /** Only the scheme `v0`, which is not to be trusted. */
  'other-scheme',
] as const;

/** See `signatureFaults`. */
export type SignatureFault = (typeof signatureFaults)[number];

/** HMAC-SHA-256 of `timestamp.payload`, in hex. Source: docs.stripe.com/webhooks#verify-manually. */
export function signPayload(payload: string, secret: string, timestamp: number): string {
  return createHmac('sha256', secret).update(`${timestamp}.${payload}`, 'utf8').digest('hex');
}

/** The header `Stripe-Signature`, right or wrong in the way asked for; undefined where there is to be none. */
export function signatureHeader(payload: string, secret: string, timestamp: number, fault: SignatureFault): string | undefined {
  if (fault === 'missing') return undefined;
  const signatures: Readonly<Record<Exclude<SignatureFault, 'missing'>, string>> = {
    none: `t=${timestamp},v1=${signPayload(payload, secret, timestamp)},v0=${signPayload(payload, `${secret}_v0`, timestamp)}`,
    'wrong-secret': `t=${timestamp},v1=${signPayload(payload, 'whsec_of_somebody_else', timestamp)}`,
    'other-body': `t=${timestamp},v1=${signPayload(`${payload} `, secret, timestamp)}`,
    malformed: 'not a signature',
    'other-scheme': `t=${timestamp},v0=${signPayload(payload, secret, timestamp)}`,
  };
  return signatures[fault];
}
