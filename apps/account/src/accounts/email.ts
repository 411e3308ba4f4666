import { z } from 'zod';

/** Longest address, in characters (RFC 5321 §4.5.3.1.3). */
export const emailCharactersMax = 254;

/**
 * An address: one `@`, nothing that could end a header or begin a second address. It is kept in lower case, so
 * that one mailbox has one account.
 */
export const emailSchema = z
  .string()
  .max(emailCharactersMax)
  .regex(/^[^\s@<>(),:;"\\[\]\p{Cc}]{1,64}@[^\s@<>(),:;"\\[\]\p{Cc}]+$/u, 'is an e-mail address')
  .transform((text) => text.normalize('NFC').toLowerCase());
