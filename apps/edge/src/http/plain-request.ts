import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request with nothing unusual about it that came whole, head and body. */
export class PlainRequest {
  readonly complete = true;
  readonly headers: IncomingHttpHeaders;
  #body: Buffer | undefined;

  constructor(headers: IncomingHttpHeaders, body: Buffer) {
    this.headers = headers;
    this.#body = body;
  }

  /** Hands the body over, once: whoever has it decides how long it stays in memory. */
  takeBody(): Buffer {
    const body = this.#body;
    if (body === undefined) throw new Error('the body was taken already');
    this.#body = undefined;
    return body;
  }
}

/** A request as the steps take it: of which the body is there, or of which it is still to be read. */
export type ClientRequest = IncomingMessage | PlainRequest;
