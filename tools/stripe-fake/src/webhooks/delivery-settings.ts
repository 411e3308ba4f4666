import { z } from 'zod';
import { repeatsMax } from '../limits.ts';
import { signatureFaults } from './sign.ts';

const share = z.number().min(0).max(1);

/** How events travel. The names are those of `POST /fake/delivery`. */
export const deliverySettingsShape = z.strictObject({
  /** Nothing is sent until `release`. */
  held: z.boolean().optional(),
  /** Only events of these types are treated so; all others travel well. Without it, or empty: all. */
  types: z.array(z.string().max(100)).max(100).optional(),
  /** How often each event is sent. */
  repeats: z.int().min(1).max(repeatsMax).optional(),
  /** The next to be sent is one of so many that wait, by the seed. */
  reorderWindow: z.int().min(1).max(10_000).optional(),
  /** Each is sent so much later, in milliseconds; by the seed, from the first to the second. */
  delayMs: z.tuple([z.int().min(0), z.int().max(3_600_000)]).optional(),
  /** Share of attempts that never reach the endpoint and are tried again. */
  dropShare: share.optional(),
  /** Share of attempts that reach the endpoint and whose answer is lost: they are tried again. */
  lostAnswerShare: share.optional(),
  /** Share of events that are never sent. */
  loseShare: share.optional(),
  signature: z.enum(signatureFaults).optional(),
  /** The signature says that it is so old, in seconds. */
  signatureAgeSeconds: z.int().optional(),
  /** Requests to the endpoint that run at once; 1 sends one after the other. */
  concurrency: z.int().min(1).max(256).optional(),
});

/** Changes to how events travel. */
export type DeliveryChange = z.infer<typeof deliverySettingsShape>;

/** How events travel. */
export type DeliverySettings = Required<{ [Name in keyof DeliveryChange]: NonNullable<DeliveryChange[Name]> }>;

/** Every event once, at once, in order, well signed. */
export const plainDelivery: DeliverySettings = {
  held: false,
  types: [],
  repeats: 1,
  reorderWindow: 1,
  delayMs: [0, 0],
  dropShare: 0,
  lostAnswerShare: 0,
  loseShare: 0,
  signature: 'none',
  signatureAgeSeconds: 0,
  concurrency: 8,
};
