import { z } from 'zod';

/** Longest name of a key, in characters. */
export const keyNameCharactersMax = 100;
/** Most models that a key may be restricted to, and the longest id of one in bytes (as in Ledger's catalogue). */
export const keyModelsMax = 100;
export const modelIdBytesMax = 256;
/** Most keys of an account that are not revoked. */
export const keysMax = 250_000;

const uint32Max = 4_294_967_295;
const int64Max = 9_223_372_036_854_775_807n;

/** The id of a model as clients name it. */
export const modelIdSchema = z
  .string()
  .min(1)
  .refine(
    (id) => id.isWellFormed() && !/\p{Cc}/u.test(id) && Buffer.byteLength(id) <= modelIdBytesMax,
    `is a model id of at most ${modelIdBytesMax} bytes`,
  );

/** Text that people name something with: one line, without control characters. */
export const lineSchema = (charactersMax: number) =>
  z
    .string()
    .refine(
      (text) => text.isWellFormed() && text.trim() !== '' && [...text].length <= charactersMax && !/\p{Cc}/u.test(text),
      `is one line of 1 to ${charactersMax} characters`,
    );

/** Nano-USD as a decimal string; `"0"` = no limit. */
const spendSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})$/, 'is nano-USD as a decimal string')
  .refine((text) => /^\d{1,19}$/.test(text) && BigInt(text) <= int64Max, 'is at most 9223372036854775807');

/** What a key may use; a limit that is 0 or missing does not limit. */
export const limitsSchema = z.strictObject({
  requests_per_minute: z.int().min(0).max(uint32Max).default(0),
  tokens_per_minute: z.int().min(0).default(0),
  concurrent_requests: z.int().min(0).max(uint32Max).default(0),
  spend_day_nano_usd: spendSchema.default('0'),
  spend_month_nano_usd: spendSchema.default('0'),
  spend_total_nano_usd: spendSchema.default('0'),
});
export type Limits = z.output<typeof limitsSchema>;

/** What limits a rate, or how much runs at once, and not money. */
export type RateLimits = Pick<Limits, 'requests_per_minute' | 'tokens_per_minute' | 'concurrent_requests'>;

/** Limits of an account as a whole: it spends what it has. */
export const accountLimitsSchema = limitsSchema.extend({
  spend_day_nano_usd: z.literal('0').default('0'),
  spend_month_nano_usd: z.literal('0').default('0'),
  spend_total_nano_usd: z.literal('0').default('0'),
});

/** No limits at all. */
export const noLimits: Limits = limitsSchema.parse({});

/** What a new key is made with, in JSON and over gRPC alike. */
export const keySettingsSchema = z.strictObject({
  name: lineSchema(keyNameCharactersMax),
  no_log: z.boolean().default(false),
  models: z.array(modelIdSchema).max(keyModelsMax).default([]),
  limits: limitsSchema.default(noLimits),
  expires_at: z.iso.datetime().nullable().default(null),
});
export type KeySettings = z.output<typeof keySettingsSchema>;
