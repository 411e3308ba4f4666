import { request } from 'undici';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; `{}` when there is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose shape is what they check.
  readonly json: any;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly rawBody?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A client that keeps cookies, as a browser does for one site. */
export class Browser {
  readonly #url: string;
  /** `name=value`, or none. */
  cookie: string | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async call(method: string, path: string, { body, rawBody, headers = {}, signal }: CallOptions = {}): Promise<Answer> {
    const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await request(this.#url + path, {
      method: method as 'GET',
      headers: {
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal ? { signal } : {}),
    });
    const [setCookie] = [response.headers['set-cookie'] ?? []].flat();
    if (setCookie !== undefined) this.cookie = /Max-Age=0/.test(setCookie) ? undefined : setCookie.split(';')[0];
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      json: response.headers['content-type']?.includes('application/json') ? JSON.parse(text) : {},
    };
  }

  get(path: string, options?: CallOptions): Promise<Answer> {
    return this.call('GET', path, options);
  }

  post(path: string, body: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', path, { body, ...options });
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }
}

/** The events of a stream that has ended: their names and data. */
// oxlint-disable-next-line typescript/no-explicit-any -- see Answer.json.
export function eventsOf(text: string): readonly { readonly name: string; readonly data: any }[] {
  return text.split('\n\n').flatMap((block) => {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    return name === undefined || data === undefined ? [] : [{ name, data: JSON.parse(data) as unknown }];
  });
}
