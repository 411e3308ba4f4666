import Stripe from 'stripe';
import { z } from 'zod';
import { webhookToleranceSeconds } from '../limits.ts';
import type { StoredEvent } from './store-event.ts';

/** Why a delivery is refused. `stale`: signed well, but too long ago. `malformed`: signed, but no event of Stripe's. */
export type DeliveryRefusal = 'bad_signature' | 'stale' | 'malformed';

const eventShape = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().min(1).max(255),
  data: z.object({ object: z.object({ id: z.string().min(1).max(255).optional() }) }),
});

/**
 * Checks signature and time stamp of a delivery over its raw bytes, by Stripe's own library, and reads what it names. With
 * several secrets (one is being replaced) any of them will do. An event about something without an id is `undefined`.
 */
export function readEvent(
  webhooks: Stripe['webhooks'],
  body: Buffer,
  signature: string,
  secrets: readonly string[],
): StoredEvent | undefined | DeliveryRefusal {
  let refusal: DeliveryRefusal = 'bad_signature';
  for (const secret of secrets) {
    try {
      const parsed = eventShape.safeParse(webhooks.constructEvent(body, signature, secret, webhookToleranceSeconds));
      if (!parsed.success) return 'malformed';
      const { id, type, data } = parsed.data;
      return data.object.id === undefined ? undefined : { eventId: id, type, objectId: data.object.id };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return 'malformed';
      // The library looks at the time after it has found the signature good, and tells the two apart by its words alone.
      if (error.message.startsWith('Timestamp outside')) refusal = 'stale';
    }
  }
  return refusal;
}
