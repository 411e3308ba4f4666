import { setTimeout as sleep } from 'node:timers/promises';
import type { RpcClient } from '@tacet/rpc';

/** How long after a stream that ended the next is opened, in milliseconds. */
const retryMs = 1_000;

export interface DirectoryWatchOptions {
  readonly client: Pick<RpcClient<'KeyDirectory'>, 'Watch'>;
  /** An account (16 bytes) changed: was suspended, or is being deleted. */
  readonly onAccount: (account: Buffer) => void;
  /** Anything may have changed. */
  readonly onReset: () => void;
}

/**
 * Follows the directory of accounts, so that the cached DEKs of an account that is being deleted go at once on every replica. It
 * only makes that sooner: what is missed here ends with the lifetime of the cache.
 */
export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #revision = '0';

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#follow();
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Follows one stream until it ends or breaks. */
  async #follow(): Promise<void> {
    const { client, onAccount, onReset } = this.#options;
    // Without a revision to go on from, what changed before is not known.
    let isGap = this.#revision === '0';
    try {
      for await (const { revision, event, accountId } of client.Watch({ fromRevision: this.#revision }, { signal: this.#stopped.signal })) {
        if (isGap) onReset();
        isGap = false;
        if (event === 'accountId') onAccount(accountId as Buffer);
        else if (event === 'reset') onReset();
        this.#revision = revision;
      }
    } catch {
      // The directory is away: it is asked again, and the lifetime of the cache holds meanwhile.
    }
  }
}
