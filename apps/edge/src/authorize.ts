import type { IncomingHttpHeaders } from 'node:http';
import { apiKeyIsWellFormed, apiKeyLength, nameOfApiKey } from '@tacet/api-key';
import { TacetError } from '@tacet/errors';
import type { Caller } from './keys/caller.ts';
import type { Directory, Subject } from './keys/directory.ts';
import type { DirectoryWatch } from './keys/directory-watch.ts';

/** When a directory that does not answer may be worth another try. */
const retryAfterMs = 1_000;

export interface AuthorizeOptions {
  readonly directory: Directory;
  readonly watch: Pick<DirectoryWatch, 'silenceMs'>;
  /** How long cached keys are believed while the directory is silent. */
  readonly keyStaleMs: number;
  /** Newest first. */
  readonly checkSecrets: readonly Buffer[];
  readonly wallMs: () => number;
}

const bearer = /^Bearer +(\S+)$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The first step: who calls, and under which policy. Each answers in memory where the caller is known. */
export class Authorize {
  readonly #options: AuthorizeOptions;

  constructor(options: AuthorizeOptions) {
    this.#options = options;
  }

  /** By API key, in `Authorization: Bearer` or `x-api-key`. Throws or rejects with `TacetError`. */
  byKey(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const key = presentedKey(headers);
    if (key.length !== apiKeyLength) throw new TacetError('key_malformed');
    const name = nameOfApiKey(key);
    // A key in the cache has passed the check of its characters; any other must before anything is asked for it.
    const known = this.#known(name);
    if (known) return known;
    if (!apiKeyIsWellFormed(key, this.#options.checkSecrets)) throw new TacetError('key_malformed');
    return this.#lookUp(name, { hash: Buffer.from(name, 'latin1') });
  }

  /** By account, at the internal door. `x-tacet-no-log: true` makes the request a no-log one. */
  async byAccount(headers: IncomingHttpHeaders): Promise<Caller> {
    const account = headers['x-tacet-account'];
    if (typeof account !== 'string' || !uuid.test(account)) throw new TacetError('field_invalid', { param: 'x-tacet-account' });
    const accountId = Buffer.from(account.replaceAll('-', ''), 'hex');
    const caller = this.#known(account) ?? (await this.#lookUp(account, { accountId }));
    return headers['x-tacet-no-log'] === 'true' ? { ...caller, noLog: true } : caller;
  }

  /**
   * Whether what a caller was authorised as still holds: the key did not change while its request was read and
   * admitted. (One that the cache had to let go counts as changed.)
   */
  isCurrent({ name, leaseKey }: Caller): boolean {
    return this.#options.directory.cache.get(name)?.leaseKey === leaseKey;
  }

  /** The cached caller, if the cache may be believed. */
  #known(name: string): Caller | undefined {
    const { directory, watch, keyStaleMs, wallMs } = this.#options;
    const caller = directory.cache.get(name);
    if (caller === undefined) return undefined;
    if (watch.silenceMs > keyStaleMs) throw new TacetError('directory_stale', { retryAfterMs });
    if (caller.expiresAtMs !== 0 && caller.expiresAtMs <= wallMs()) throw new TacetError('key_expired');
    return caller;
  }

  async #lookUp(name: string, subject: Subject): Promise<Caller> {
    const { directory, watch, keyStaleMs } = this.#options;
    // An answer cannot be kept true while nothing is heard of changes.
    if (watch.silenceMs > keyStaleMs) throw new TacetError('directory_stale', { retryAfterMs });
    return directory.lookUp(name, subject);
  }
}

function presentedKey(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  const fromBearer = authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
  const other = headers['x-api-key'];
  return fromBearer ?? (typeof other === 'string' ? other : '');
}
