import { z } from 'zod';

/** Fewest characters of a new password (code points after NFKC); there are no rules of composition. */
export const passwordCharactersMin = 12;
/** Most bytes of a password, in UTF-8. */
export const passwordBytesMax = 1_024;

/** A password to compare with: only what would be costly or ambiguous is refused. */
export const passwordSchema = z
  .string()
  .refine((text) => text.isWellFormed() && Buffer.byteLength(text) <= passwordBytesMax, `is text of at most ${passwordBytesMax} bytes`);

/** A password to be set. */
export const newPasswordSchema = passwordSchema.refine(
  (text) => [...text.normalize('NFKC')].length >= passwordCharactersMin,
  `has at least ${passwordCharactersMin} characters`,
);
