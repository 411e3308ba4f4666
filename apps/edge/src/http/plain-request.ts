import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request with nothing unusual about it that came whole, head and body. */
export class PlainRequest {
  readonly complete = true;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;

  constructor(headers: IncomingHttpHeaders, body: Buffer) {
    this.headers = headers;
    this.body = body;
  }
}

/** A request as the steps take it: of which the body is there, or of which it is still to be read. */
export type ClientRequest = IncomingMessage | PlainRequest;
