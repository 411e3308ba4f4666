import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import { recordBytesMax } from './sealer.ts';

/** Who wrote a message. */
export type Role = 'user' | 'assistant';

/** A message in plaintext: what is sealed. Role, revision and time exist only in here. */
export interface MessageBody {
  readonly role: Role;
  readonly parentId: string | null;
  readonly position: number;
  /** 1: messages are never edited. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly plaintextContent: string;
  /** The answer was cut before its end. */
  readonly truncated: boolean;
}

/** What the row of a message says beside its sealed body; it is in the body too, and must agree. */
export interface MessagePlace {
  readonly parentId: string | null;
  readonly position: number;
}

const bodySchema = z.strictObject({
  role: z.enum(['user', 'assistant']),
  parent_id: z.uuid().nullable(),
  position: z.int().min(0),
  revision: z.int().min(1),
  created_at: z.iso.datetime(),
  content: z.string(),
  truncated: z.literal(true).optional(),
});

/** The bytes that are sealed. Throws `body_too_large` when they do not fit into a record. */
export function encodeMessageBody(body: MessageBody): Buffer {
  const json: z.output<typeof bodySchema> = {
    role: body.role,
    parent_id: body.parentId,
    position: body.position,
    revision: body.revision,
    created_at: new Date(body.createdAtMs).toISOString(),
    content: body.plaintextContent,
    ...(body.truncated ? { truncated: true } : {}),
  };
  const plaintext = Buffer.from(JSON.stringify(json));
  if (plaintext.length > recordBytesMax) throw new TacetError('body_too_large', { param: 'content' });
  return plaintext;
}

/** The message in opened bytes; undefined when it is not one, or belongs to another place than its row says. */
export function decodeMessageBody(plaintext: Buffer, place: MessagePlace): MessageBody | undefined {
  const parsed = bodySchema.safeParse(parseJson(plaintext));
  if (!parsed.success) return undefined;
  const { role, parent_id: parentId, position, revision, created_at: createdAt, content, truncated = false } = parsed.data;
  if (parentId !== place.parentId || position !== place.position) return undefined;
  return { role, parentId, position, revision, createdAtMs: Date.parse(createdAt), plaintextContent: content, truncated };
}

const titleSchema = z.strictObject({ title: z.string(), revision: z.int().min(1) });

/** A conversation's title in plaintext: what is sealed. */
export interface TitleBody {
  readonly plaintextTitle: string;
  /** Rises with every renaming. */
  readonly revision: number;
}

/** The bytes of a title that are sealed. */
export function encodeTitleBody({ plaintextTitle, revision }: TitleBody): Buffer {
  return Buffer.from(JSON.stringify({ title: plaintextTitle, revision }));
}

/** The title in opened bytes; undefined when it is none. */
export function decodeTitleBody(plaintext: Buffer): TitleBody | undefined {
  const parsed = titleSchema.safeParse(parseJson(plaintext));
  return parsed.success ? { plaintextTitle: parsed.data.title, revision: parsed.data.revision } : undefined;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    // The parser's message would quote the text.
    return undefined;
  }
}
