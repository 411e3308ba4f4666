import type { ServerResponse } from 'node:http';

/** Sends a JSON text whole. */
export function sendJson(response: ServerResponse, status: number, json: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json), ...headers }).end(json);
}

/** Sends a page. */
export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(html), 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action *" }).end(html);
}

/** Sends the browser elsewhere. */
export function sendElsewhere(response: ServerResponse, url: string): void {
  response.writeHead(303, { location: url, 'content-length': 0 }).end();
}
