import type { IncomingMessage } from 'node:http';
import { bodyBytesMax } from './limits.ts';

/** The body as text; undefined where it is larger than it may be. Rejects where the client broke off. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= bodyBytesMax) parts.push(part);
  }
  return size > bodyBytesMax ? undefined : Buffer.concat(parts).toString('utf8');
}
