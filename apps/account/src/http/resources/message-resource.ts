import { z } from 'zod';
import type { OpenedMessage } from '../../conversations/messages.ts';

/** A message as its owner sees it. */
export const messageResource = z.strictObject({
  id: z.uuid(),
  parent_id: z.uuid().nullable(),
  position: z.int(),
  role: z.enum(['user', 'assistant']),
  revision: z.int(),
  created_at: z.iso.datetime(),
  content: z.string(),
  /** The answer was cut before its end. */
  truncated: z.boolean(),
});
export type MessageResource = z.output<typeof messageResource>;

/** Makes the resource of an opened message. */
export function toMessageResource({
  id,
  parentId,
  position,
  role,
  revision,
  createdAtMs,
  plaintextContent,
  truncated,
}: OpenedMessage): MessageResource {
  return {
    id,
    parent_id: parentId,
    position,
    role,
    revision,
    created_at: new Date(createdAtMs).toISOString(),
    content: plaintextContent,
    truncated,
  };
}
