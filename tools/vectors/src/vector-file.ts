import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Bytes as hex, `bytes` of them where that is fixed. */
function hex(bytes?: number) {
  const what = bytes === undefined ? 'is not hex' : `is not ${bytes} bytes of hex`;
  return z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2})*$/, what)
    .transform((text) => Buffer.from(text, 'hex'))
    .refine((buffer) => bytes === undefined || buffer.length === bytes, what);
}

const u16 = z.int().min(0).max(0xffff);
const u32 = z.int().min(0).max(0xffff_ffff);

const recordCase = z.object({
  name: z.string(),
  dek: hex(32),
  suite: z.union([z.literal(0x01), z.literal(0x11)]),
  dekVersion: u32,
  padded: z.boolean(),
  epoch: u32.optional(),
  epochSecret: hex(32).optional(),
  nonce: hex(12),
  context: z.object({ account: hex(16), conversation: hex(16), message: hex(16), field: u16, schema: u16 }),
  plaintext: hex(),
  record: hex(),
});

const wrappedDekCase = z.object({
  name: z.string(),
  kek: hex(32),
  kekId: z.string(),
  kekVersion: u32,
  dek: hex(32),
  dekVersion: u32,
  account: hex(16),
  createdMs: z.int().min(0),
  nonce: hex(12),
  wrapped: hex(),
});

const salamander = z.object({ nonce: hex(12), key1: hex(32), key2: hex(32), ciphertextAndTag: hex() });

export type RecordCase = z.output<typeof recordCase>;
export type WrappedDekCase = z.output<typeof wrappedDekCase>;
export type Salamander = z.output<typeof salamander>;

/** The cases of a file. */
export type VectorFile =
  | { readonly kind: 'records'; readonly cases: readonly RecordCase[] }
  | { readonly kind: 'wrapped-deks'; readonly cases: readonly WrappedDekCase[] }
  | { readonly kind: 'salamander'; readonly salamander: Salamander };

/** Why a file holds no vectors, in a sentence. */
export class VectorFileError extends Error {
  override readonly name = 'VectorFileError';
}

/** Reads a file of vectors; its kind shows in its fields. Throws `VectorFileError`. */
export function readVectorFile(file: string): VectorFile {
  const content = readJson(file);
  if (typeof content === 'object' && content !== null && 'ciphertextAndTag' in content) {
    return { kind: 'salamander', salamander: parse(file, salamander, content) };
  }
  const { cases } = parse(file, z.object({ cases: z.array(z.looseObject({ name: z.string() })).min(1) }), content);
  if (cases.every((entry) => 'wrapped' in entry)) return { kind: 'wrapped-deks', ...parse(file, z.object({ cases: z.array(wrappedDekCase) }), content) };
  return { kind: 'records', ...parse(file, z.object({ cases: z.array(recordCase) }), content) };
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new VectorFileError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VectorFileError(`${file}: is not JSON`, { cause: error });
  }
}

function parse<S extends z.ZodType>(file: string, schema: S, content: unknown): z.output<S> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 10).map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`);
  throw new VectorFileError(`${file}: is not a file of vectors\n${problems.join('\n')}`);
}
