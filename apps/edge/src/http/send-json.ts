import type { ServerResponse } from 'node:http';

/** Answers with a JSON value that is this caller's alone. Nothing is sent to a client that has left. */
export function sendJson(response: ServerResponse, value: unknown): void {
  if (response.destroyed) return;
  const body = JSON.stringify(value);
  response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store']);
  response.end(body);
}
