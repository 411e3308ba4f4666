import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { identityOf, type TlsFiles } from '@tacet/rpc';

/** A request as it arrived at the internal door. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly caller: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it.
  readonly body: any;
  /** Settles when the client left before the end; false when it did not. */
  readonly aborted: Promise<boolean>;
}

type Respond = (response: ServerResponse, seen: SeenRequest) => Promise<void> | void;

/** Stands in for the internal door of an edge, for faults that a real one is hard to bring to. */
export class EdgeStandIn {
  readonly seen: SeenRequest[] = [];
  /** What the next requests are answered with, in order; then `streamAnswer('Hello there.')`. */
  readonly next: Respond[] = [];
  #server: Server | undefined;

  get url(): string {
    const address = this.#server?.address() as AddressInfo | undefined;
    return `https://127.0.0.1:${address?.port ?? 0}`;
  }

  async start(tls: TlsFiles, port: number): Promise<void> {
    const server = createServer(
      { key: tls.key, cert: tls.certificate, ca: tls.authority, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        void (async () => {
          let text = '';
          for await (const chunk of request) text += String(chunk);
          const aborted = once(response, 'close').then(() => !response.writableFinished);
          const caller = identityOf((request.socket as TLSSocket).getPeerCertificate());
          const seen: SeenRequest = { path: request.url ?? '', headers: request.headers, caller, body: JSON.parse(text), aborted };
          this.seen.push(seen);
          await (this.next.shift() ?? streamAnswer(['Hello ', 'there.']))(response, seen);
        })();
      },
    );
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

const streamHead = { 'content-type': 'text/event-stream' };

function chunkOf(content: string, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: finishReason }] })}\n\n`;
}

/** Streams the pieces as an edge does, with usage and `[DONE]`. */
export function streamAnswer(pieces: readonly string[], finishReason = 'stop'): Respond {
  return (response) => {
    response.writeHead(200, streamHead);
    response.write(': keepalive\n');
    for (const piece of pieces) response.write(chunkOf(piece));
    response.write(chunkOf('', finishReason));
    response.write(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } })}\n\n`);
    response.end('data: [DONE]\n\n');
  };
}

/** Streams the pieces, then whatever `then` does in place of an end. */
export function streamThen(pieces: readonly string[], then: Respond): Respond {
  return async (response, seen) => {
    response.writeHead(200, streamHead);
    for (const piece of pieces) response.write(chunkOf(piece));
    await then(response, seen);
  };
}

/** Refuses with the envelope of an error. */
export function refuseWith(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Respond {
  return (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { message: 'canary-of-the-edge', type: 'x', param: null, code } }));
}
