import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@tacet/testing';

/** A browser without a window: one person at account's REST door, with the cookie of their session. */
export class AccountClient {
  readonly #origin: string;
  #cookie: string | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Sends a request and returns the answer, whatever its status. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(path.startsWith('http') ? path : `${this.#origin}${path}`, {
      method,
      headers: { ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie !== undefined) this.#cookie = cookie;
    return response;
  }

  /** Sends a request and returns the JSON of the answer. Throws on any other status than the expected. */
  async json<T>(method: string, path: string, body: unknown = undefined, status = 200): Promise<T> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Signs up, reads the mail in the outbox, opens its link, and is signed in. Returns the account's id. */
  async signUp(mailFolder: string, email: string, password: string): Promise<string> {
    await this.json('POST', '/api/signup', { email, password }, 202);
    const token = await eventually('the mail is in the outbox', () => tokenOfMail(mailFolder, email));
    const { account } = await this.json<{ account: { id: string } }>('POST', '/api/verify', { token });
    return account.id;
  }
}

/** The token of the newest link that was mailed to an address. */
async function tokenOfMail(folder: string, address: string): Promise<string | undefined> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json')).sort().toReversed()) {
    const { to, text } = JSON.parse(await readFile(join(folder, name), 'utf8')) as { to: string; text: string };
    const token = /#token=([A-Za-z0-9_-]+)/.exec(text)?.[1];
    if (to === address && token !== undefined) return token;
  }
  return undefined;
}

/** The events of an SSE answer, parsed; `[DONE]` as the string. */
export async function* readEvents(response: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    buffer += decoder.decode(chunk, { stream: true });
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const lines = buffer.slice(0, end).split('\n');
      buffer = buffer.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
      if (data === '') continue;
      yield { event: lines.find((line) => line.startsWith('event: '))?.slice(7) ?? 'message', data: data === '[DONE]' ? data : JSON.parse(data) };
    }
  }
}
