import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Largest answer of a provider that is read, in bytes. */
export const answerBytesMax = 1_048_576;

/** One request to a provider that speaks HTTP and JSON. */
export interface JsonRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
  /** PEM of the authority to trust in place of the system's. */
  readonly authority?: Buffer | undefined;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined: there was none, or it is not JSON. */
  readonly body: unknown;
}

/** Sends one request and reads the whole answer. Follows no redirect. Throws when none came in time, without saying what was sent. */
export function requestJson({ url, method, headers, body, authority, timeoutMs }: JsonRequest): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(timeoutMs);
    const length = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
    const sent = request(url, { method, headers: { ...headers, ...length }, signal, ...(authority === undefined ? {} : { ca: authority }) }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > answerBytesMax) response.destroy(new Error('the answer of the provider is too large'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parseOrNothing(Buffer.concat(parts)) }));
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

function parseOrNothing(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
