import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { endpointAnswerBytesMax } from '../limits.ts';

/** Where events are sent. */
export interface Endpoint {
  readonly url: string;
  /** What the signatures are made with. */
  readonly secret: string;
  /** Types of the events wanted; without it, or with `*`, all. */
  readonly events?: readonly string[] | undefined;
}

/** Posts to endpoints, each time over a new connection. Redirects are not followed: Stripe takes them for failures. */
export class EndpointClient {
  readonly #plain = new PlainAgent();
  readonly #secure = new SecureAgent();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** The status of the answer. Rejects where there is none within the time. */
  async post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const secure = url.startsWith('https:');
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, signal: AbortSignal.timeout(this.#timeoutMs) };
    const request = secure ? secureRequest(url, { ...options, agent: this.#secure }) : plainRequest(url, { ...options, agent: this.#plain });
    request.on('error', reject);
    request.on('response', (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > endpointAnswerBytesMax) request.destroy();
      });
      response.on('error', reject);
      response.on('close', () => (response.complete ? resolve(response.statusCode ?? 0) : reject(new Error('The endpoint broke off its answer'))));
    });
    request.end(body);
    return await promise;
  }

  stop(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}
