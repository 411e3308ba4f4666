import type { Constellation, TestAccount } from '@tacet/constellation';

/** Somebody with an account, signed in at account's REST door. */
export class Person {
  readonly account: TestAccount;
  readonly #origin: string;
  #cookie: string | undefined;

  private constructor(account: TestAccount, origin: string) {
    this.account = account;
    this.#origin = origin;
  }

  /** Makes an account with credit and a key, and signs in to it. */
  static async create(constellation: Constellation, options: Parameters<Constellation['createAccount']>[0] = {}): Promise<Person> {
    const origin = constellation.accounts[0]?.url;
    if (origin === undefined) throw new Error('there is no account process');
    const person = new Person(await constellation.createAccount(options), origin);
    const { email, password } = person.account;
    await person.json('POST', '/api/session', { email, password });
    return person;
  }

  /** Sends a request and returns the answer, whatever its status. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(path.startsWith('http') ? path : `${this.#origin}${path}`, {
      method,
      headers: { connection: 'close', ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? this.#cookie;
    return response;
  }

  /** As `send`, and the JSON of the answer. Throws on an error status, naming it and not the answer. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path.replaceAll(/[0-9a-f-]{36}/g, '{id}')} answered ${response.status}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Begins a conversation and says something in it. Returns its path. */
  async converse(settings: Readonly<Record<string, unknown>>, ...contents: readonly string[]): Promise<string> {
    const { id } = await this.json<{ id: string }>('POST', '/api/conversations', { model: 'demo-model', ...settings });
    const path = `/api/conversations/${id}`;
    for (const content of contents) {
      const answer = await (await this.send('POST', `${path}/messages`, { content })).text();
      if (!answer.includes('event: done')) throw new Error(`an answer did not come to its end: ${/"code":"(\w+)"/.exec(answer)?.[1] ?? 'no code'}`);
    }
    return path;
  }

  /** The messages of a conversation. */
  async messages(path: string): Promise<readonly { readonly id: string; readonly role: string; readonly content: string }[]> {
    return (await this.json<{ data: { id: string; role: string; content: string }[] }>('GET', `${path}/messages?limit=200`)).data;
  }
}
