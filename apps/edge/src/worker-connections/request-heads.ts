import type { IncomingHttpHeaders } from 'node:http';
import type { Pool } from '../workers/pool.ts';
import { isHeaderName, isHeaderValue } from './character-classes.ts';

/**
 * The heads of the requests to a pool: an allow list of headers, and the workers' own credentials. All that is the same each time
 * is put together once.
 */
export class RequestHeads {
  readonly #pool: Pool;
  /** Up to the length of the body, by path. */
  readonly #streamed = new Map<string, string>();
  readonly #whole = new Map<string, string>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** `given`: the client's headers, of which only those on the list pass. `bytes`: of the body. */
  write(path: string, isStream: boolean, bytes: number, given: IncomingHttpHeaders): string {
    const known = isStream ? this.#streamed : this.#whole;
    let head = known.get(path);
    if (head === undefined) {
      head = this.#begin(path, isStream);
      known.set(path, head);
    }
    head += `${bytes}\r\n`;
    const { forwardHeaders } = this.#pool;
    for (const name in given) {
      if (!name.startsWith('anthropic-') && (forwardHeaders.length === 0 || !forwardHeaders.includes(name))) continue;
      const value = given[name];
      // What could end a line would be a header, or a request, of the client's own.
      if (typeof value === 'string' && isHeaderName(name) && isHeaderValue(value)) head += `${name}: ${value}\r\n`;
    }
    return `${head}\r\n`;
  }

  #begin(path: string, isStream: boolean): string {
    const { url, basePath, credentials, kindName } = this.#pool;
    const lines = [
      `POST ${basePath}${path} HTTP/1.1`,
      `host: ${url.host}`,
      'connection: keep-alive',
      'content-type: application/json',
      `accept: ${isStream ? 'text/event-stream' : 'application/json'}`,
    ];
    if (credentials !== undefined) lines.push(`authorization: Bearer ${credentials}`);
    // A second belt: the flag in the body is what LiteLLM honours.
    if (kindName === 'litellm') lines.push('x-litellm-enable-message-redaction: true');
    return `${lines.join('\r\n')}\r\ncontent-length: `;
  }
}
