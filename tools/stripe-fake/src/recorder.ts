import type { IncomingMessage } from 'node:http';
import { recordedBytesMax, recordedRequestsMax } from './limits.ts';
import type { ParameterTree } from './wire/decode-form.ts';

/** A request as it came over the wire; of the secret there is nothing in it. */
export interface RecordedRequest {
  readonly id: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Of the query or the body, nested as Stripe nests them. */
  readonly parameters: ParameterTree;
  /** Query and body, byte for byte (UTF-8). */
  readonly query: string;
  readonly body: string;
  /** As sent: names in their own case, in order. The value of `Authorization` is `[sealed]`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly idempotencyKey: string | null;
  /** Status of the answer; null while there is none, or where a fault withheld it. */
  status: number | null;
  /** Whether the answer came out of the idempotency keys. */
  replayed: boolean;
}

/** Keeps the last requests, for tests of what Stripe gets to see. */
export class Recorder {
  #kept: RecordedRequest[] = [];
  #bytes = 0;

  /** Keeps a request and returns its record, to which the status is added later. */
  add(id: string, request: IncomingMessage, url: URL, body: string, parameters: ParameterTree): RecordedRequest {
    const headers: [string, string][] = [];
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) headers.push(seal(request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''));
    const key = request.headers['idempotency-key'];
    const record: RecordedRequest = { id, method: request.method ?? '', path: url.pathname, parameters, query: url.search, body, headers, idempotencyKey: typeof key === 'string' ? key : null, status: null, replayed: false };
    this.#kept.push(record);
    this.#bytes += body.length;
    while (this.#kept.length > 1 && (this.#kept.length > recordedRequestsMax || this.#bytes > recordedBytesMax)) this.#bytes -= this.#kept.shift()?.body.length ?? 0;
    return record;
  }

  list(): RecordedRequest[] {
    return [...this.#kept];
  }

  reset(): void {
    this.#kept = [];
    this.#bytes = 0;
  }
}

function seal(name: string, value: string): [string, string] {
  return [name, name.toLowerCase() === 'authorization' ? '[sealed]' : value];
}
