import { TacetError } from '@tacet/errors';
import type { RpcClient } from '@tacet/rpc';
import { refusalOf, toCaller, type Caller } from './caller.ts';
import { KeyCache } from './key-cache.ts';
import { TokenBucket } from './token-bucket.ts';

/** Look-ups of keys that are not cached, per second and edge. */
export const lookUpsPerSecondMax = 200;
/** How long a look-up may take. */
export const lookUpDeadlineMs = 2_000;
/** How often an answer that was overtaken by a change is asked for again. */
const staleAnswersMax = 3;
const retryAfterMs = 1_000;

/** What is asked about: a key by its hash, or an account. */
export type Subject = { readonly hash: Buffer } | { readonly accountId: Buffer };

export interface DirectoryOptions {
  readonly client: Pick<RpcClient<'KeyDirectory'>, 'Resolve' | 'ResolveAccount'>;
  readonly monotonicMs: () => number;
  readonly onLookUp: (outcome: 'active' | 'refused' | 'failed' | 'throttled') => void;
}

/** Looks keys and accounts up: in the cache, else at the directory, one call for all who ask the same. */
export class Directory {
  readonly cache = new KeyCache();
  readonly #options: DirectoryOptions;
  readonly #bucket: TokenBucket;
  readonly #flights = new Map<string, Promise<Caller>>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(lookUpsPerSecondMax, options.monotonicMs());
  }

  /**
   * The caller of a name that is not cached. Rejects with `TacetError`: `key_unknown` and the like, `rate_limited`
   * beyond the look-ups of this second, `directory_stale` when the directory does not answer.
   */
  lookUp(name: string, subject: Subject): Promise<Caller> {
    const refused = this.cache.refusal(name);
    if (refused) return Promise.reject(new TacetError(refused));
    const flying = this.#flights.get(name);
    if (flying) return flying;
    if (!this.#bucket.take(this.#options.monotonicMs())) {
      this.#options.onLookUp('throttled');
      return Promise.reject(new TacetError('rate_limited', { retryAfterMs }));
    }
    const flight = this.resolve(name, subject).finally(() => this.#flights.delete(name));
    this.#flights.set(name, flight);
    return flight;
  }

  /** Asks the directory, whatever is cached, and caches the answer. Rejects as `lookUp` does. */
  async resolve(name: string, subject: Subject): Promise<Caller> {
    const { client, onLookUp } = this.#options;
    for (let asked = 0; ; asked++) {
      const since = this.cache.now;
      const options = { deadlineMs: lookUpDeadlineMs };
      const asking = 'hash' in subject ? client.Resolve(subject, options) : client.ResolveAccount(subject, options);
      const answer = await asking.catch((error: unknown) => {
        onLookUp('failed');
        throw new TacetError('directory_stale', { retryAfterMs, cause: error });
      });
      const ids = [answer.keyId.toString('hex'), answer.accountId.toString('hex')];
      // The key changed while the answer was under way: it may be from before.
      if (asked < staleAnswersMax && this.cache.isStale(since, ids)) continue;
      const refusal = refusalOf(answer.state);
      if (refusal) {
        onLookUp('refused');
        this.cache.refuse(name, refusal);
        throw new TacetError(refusal);
      }
      onLookUp('active');
      const caller = toCaller(name, answer);
      this.cache.set(caller);
      return caller;
    }
  }
}
