import type { IncomingMessage } from 'node:http';
import { TacetError } from '@tacet/errors';

/** Largest body of a request, in bytes. */
export const bodyBytesMax = 1_048_576;

/**
 * Reads a JSON object out of a request. Throws `body_too_large` (before reading where the length is told),
 * `encoding_unsupported`, `invalid_json` and `bad_request`, none of which holds anything of the body.
 */
export async function readJsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const { 'content-length': length, 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (length !== undefined && Number(length) > bodyBytesMax) throw new TacetError('body_too_large');
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type))
    throw new TacetError('encoding_unsupported', { param: 'content-type', message: 'The body must be application/json in UTF-8.' });
  if (encoding.toLowerCase() !== 'identity')
    throw new TacetError('encoding_unsupported', { param: 'content-encoding', message: 'The body must not be encoded.' });
  return parseObject(await readBytes(request));
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed on return: else the connection would end before the error is sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) throw new TacetError('body_too_large');
      chunks.push(chunk);
    }
  } catch (error) {
    // The client left, or Node ended a request that took too long.
    throw error instanceof TacetError ? error : new TacetError('request_timeout', { cause: error });
  }
  return Buffer.concat(chunks);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    // The cause is dropped: the parser's message quotes the body.
    throw new TacetError('invalid_json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TacetError('invalid_json', { message: 'The body must be one JSON object.' });
  return value as Record<string, unknown>;
}
