import type { ServerResponse } from 'node:http';
import type { Dialect } from './dialects/dialect.ts';

/** Sends a JSON text whole: headers and body in one write where the text is ASCII. */
export function sendJson(response: ServerResponse, status: number, json: string, ascii = false): void {
  const headers = { 'content-type': 'application/json', 'content-length': ascii ? json.length : Buffer.byteLength(json) };
  response.writeHead(status, headers).end(json, ascii ? 'latin1' : 'utf8');
}

/** Sends the engine's error body. */
export function sendError(response: ServerResponse, dialect: Dialect, status: number, message: string, param: string | null = null, retryAfterSeconds?: number): void {
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  sendJson(response, status, dialect.error(status, JSON.stringify(message), JSON.stringify(param)));
}

/** Sends a text that is no JSON. */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
