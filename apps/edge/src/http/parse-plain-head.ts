import type { IncomingHttpHeaders } from 'node:http';
import { endpointOf, type Endpoint } from '../endpoints.ts';

/** Head and body of a plain request, in bytes. */
export const plainHeadBytesMax = 8_192;
export const plainBodyBytesMax = 65_536;

export interface PlainHead {
  readonly endpoint: Endpoint;
  readonly headers: IncomingHttpHeaders;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** `more`: what has come may be the beginning of a plain request. `other`: it is none. */
export type PlainHeadResult = PlainHead | 'more' | 'other';

/**
 * Lines of visible ASCII with spaces between, none of which begins with a space; each ends with CR LF. A line that is continued
 * on the next, a bare CR or LF, a tab, and whatever else RFC 9112 allows or forbids is for others to judge.
 */
const lines = /^(?:[!-~][ -~]*\r\n)+$/;
const nameForm = /^[a-z0-9-]{1,64}$/;
const lengthForm = /^\d{1,5}$/;
/** What a client may say of its connection. */
const connections: ReadonlySet<string> = new Set(['keep-alive', 'close']);
const requestLine = { start: 'POST ', end: ' HTTP/1.1' } as const;

/** Whose meaning goes beyond one request, or changes how its body is framed or read. */
const unusual: ReadonlySet<string> = new Set([
  'content-encoding', 'expect', 'http2-settings', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

/**
 * Reads the head of a plain request: HTTP/1.1, POST to the very path of an endpoint, the usual headers once each, and a body
 * whose length is told. What it takes, `node:http` would understand in the same way; whatever is not as plain is `other`, whether
 * it is good or bad, and `node:http` decides. So nothing that this reader does not know can be smuggled past it.
 */
export function parsePlainHead(bytes: Buffer): PlainHeadResult {
  // 'P': other methods need no further look.
  if (bytes[0] !== 0x50) return 'other';
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  if (end === -1) return bytes.length > plainHeadBytesMax ? 'other' : 'more';
  if (end > plainHeadBytesMax) return 'other';
  const text = bytes.toString('latin1', 0, end + 2);
  if (!lines.test(text)) return 'other';
  const lineEnd = text.indexOf('\r\n');
  const pathEnd = lineEnd - requestLine.end.length;
  if (!text.startsWith(requestLine.start) || !text.startsWith(requestLine.end, pathEnd)) return 'other';
  const endpoint = endpointOf(text.slice(requestLine.start.length, pathEnd));
  const headers = endpoint && readHeaders(text, lineEnd + 2);
  if (endpoint === undefined || headers === undefined) return 'other';
  const length = headers['content-length'];
  if (headers.host === undefined || length === undefined || !lengthForm.test(length)) return 'other';
  const bodyStart = end + 4;
  const bodyBytes = Number(length);
  return bodyBytes > plainBodyBytesMax ? 'other' : { endpoint, headers, bodyStart, bodyEnd: bodyStart + bodyBytes };
}

/** The headers by name in lower case; undefined where one is unusual, or there twice. */
function readHeaders(text: string, start: number): IncomingHttpHeaders | undefined {
  const headers: Record<string, string> = {};
  for (let at = start; at < text.length; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > lineEnd) return undefined;
    const name = nameOf(text.slice(at, colon));
    if (name === undefined || headers[name] !== undefined) return undefined;
    const value = text.slice(colon + 1, lineEnd).trim();
    if (name === 'connection' && !connections.has(value.toLowerCase())) return undefined;
    headers[name] = value;
    at = lineEnd + 2;
  }
  return headers;
}

/** As the usual clients spell them, and in lower case. */
const usualNames = [
  'Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization', 'Cache-Control', 'Connection', 'Content-Length', 'Content-Type', 'Cookie', 'Host', 'Origin', 'Pragma', 'Referer',
  'Sec-Fetch-Mode', 'User-Agent', 'Via', 'X-Api-Key', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Real-IP', 'X-Request-ID',
  'anthropic-beta', 'anthropic-dangerous-direct-browser-access', 'anthropic-version', 'http-referer', 'OpenAI-Beta', 'OpenAI-Organization', 'OpenAI-Project', 'traceparent', 'tracestate', 'X-Title',
  ...['Arch', 'Async', 'Helper-Method', 'Lang', 'OS', 'Package-Version', 'Read-Timeout', 'Retry-Count', 'Runtime', 'Runtime-Version', 'Timeout'].map((name) => `X-Stainless-${name}`),
];
/** A fixed list: what clients call their headers is not kept. */
const names: ReadonlyMap<string, string> = new Map(usualNames.flatMap((name) => [[name, name.toLowerCase()], [name.toLowerCase(), name.toLowerCase()]]));

/** A name in lower case; undefined where it is unusual, or no usual name. */
function nameOf(spelt: string): string | undefined {
  const known = names.get(spelt);
  if (known !== undefined) return known;
  const name = spelt.toLowerCase();
  return nameForm.test(name) && !unusual.has(name) && !(name in Object.prototype) ? name : undefined;
}
