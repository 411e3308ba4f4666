import { errorCatalogue, type TacetError } from '@tacet/errors';
import { z } from 'zod';

/** The body of every error: OpenAI's envelope, and beside it the fields of RFC 9457. */
export const errorEnvelopeSchema = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string(),
    doc_url: z.string(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
  }),
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
});
export type ErrorEnvelope = z.output<typeof errorEnvelopeSchema>;

/** Puts an error into the envelope. It holds constants and names of fields, and for our own faults the request's id. */
export function toErrorEnvelope(error: TacetError, publicOrigin: string, requestId: string): ErrorEnvelope {
  const { title, remedy } = errorCatalogue[error.code];
  const documentation = `${publicOrigin}/docs/errors#${error.code}`;
  const metadata = error.code === 'internal_error' ? { ...error.metadata, request_id: requestId } : error.metadata;
  const message = `${error.message} ${remedy}`;
  return {
    error: {
      message,
      type: typeOf(error.httpStatus),
      param: error.param ?? null,
      code: error.code,
      doc_url: documentation,
      ...(metadata ? { metadata: mutable(metadata) } : {}),
    },
    type: documentation,
    title,
    status: error.httpStatus,
    detail: message,
  };
}

function mutable(metadata: NonNullable<TacetError['metadata']>): NonNullable<ErrorEnvelope['error']['metadata']> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]));
}

/** The type that OpenAI's clients know a status by. */
function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404 || status === 410) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
