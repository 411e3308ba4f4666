import { z } from 'zod';

/** `{id}` in a path. */
export const idParamsSchema = z.strictObject({ id: z.uuid() });
