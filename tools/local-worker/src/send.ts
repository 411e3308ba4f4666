import type { ServerResponse } from 'node:http';
import { errorBody } from './chunks.ts';

/** Sends an error as JSON, unless the answer has begun or its client has left. */
export function sendError(response: ServerResponse, status: number, message: string, param: string | null = null): void {
  if (response.headersSent || response.destroyed) return;
  send(response, status, 'application/json', errorBody(status, message, param));
}

/** Sends a whole body. */
export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
