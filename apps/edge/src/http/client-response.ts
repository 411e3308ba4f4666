import type { Socket } from 'node:net';

/** What the steps of a request need of a response: `ServerResponse` has it, and so has what plain requests get instead. */
export interface ClientResponse {
  readonly socket: Socket | null;
  /** The request that it answers. */
  readonly req: { readonly httpVersionMajor: number; readonly httpVersionMinor: number };
  readonly headersSent: boolean;
  readonly statusCode: number;
  readonly destroyed: boolean;
  /** Whether 'close' was emitted: there is nobody any more, or the response has ended. */
  readonly closed: boolean;
  readonly writableLength: number;
  /** `headers`: names and values in turn. Sent with the first bytes, or by `flushHeaders`. */
  writeHead(status: number, headers: string[]): unknown;
  flushHeaders(): void;
  write(bytes: string | Buffer): boolean;
  end(last?: string | Buffer, encoding?: BufferEncoding): unknown;
  /** Closes the connection. */
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}
