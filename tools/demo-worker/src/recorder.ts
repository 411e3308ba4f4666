import type { IncomingMessage } from 'node:http';
import { recordedBytesMax, recordedRequestsMax } from './limits.ts';

/** A request as it came over the wire. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** As sent: names in their own case, in order, repeated ones too. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body, byte for byte (UTF-8). */
  readonly body: string;
  /** The field that separates the prefix caches of tenants, where the body has it. */
  readonly cacheSalt: string | undefined;
}

/** Keeps the last requests, for tests of what a router lets through. */
export class Recorder {
  #kept: RecordedRequest[] = [];
  #bytes = 0;

  add(request: IncomingMessage, body: Buffer): void {
    const headers: [string, string][] = [];
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']);
    const text = body.toString('utf8');
    this.#kept.push({ method: request.method ?? '', path: request.url ?? '', headers, body: text, cacheSalt: saltOf(text) });
    this.#bytes += text.length;
    while (this.#kept.length > 1 && (this.#kept.length > recordedRequestsMax || this.#bytes > recordedBytesMax)) this.#bytes -= this.#kept.shift()?.body.length ?? 0;
  }

  list(): RecordedRequest[] {
    return [...this.#kept];
  }

  reset(): void {
    this.#kept = [];
    this.#bytes = 0;
  }
}

function saltOf(body: string): string | undefined {
  try {
    const { cache_salt: salt } = JSON.parse(body) as { cache_salt?: unknown };
    return typeof salt === 'string' ? salt : undefined;
  } catch {
    return undefined;
  }
}
