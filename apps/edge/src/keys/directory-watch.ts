import { setTimeout as sleep } from 'node:timers/promises';
import type { RpcClient } from '@tacet/rpc';
import type { WatchEvent__Output } from '@tacet/rpc/types/directory/v1/WatchEvent';

/** Without a heartbeat for so long (they come each 250 ms) what is cached may be stale. */
export const heartbeatMissedMs = 750;
const retryMsMin = 100;
const retryMsMax = 1_000;

export interface DirectoryWatchOptions {
  readonly client: Pick<RpcClient<'KeyDirectory'>, 'Watch'>;
  readonly monotonicMs: () => number;
  /** A key or account (16 bytes) changed. */
  readonly onChange: (id: Buffer) => void;
  /** Everything may have changed. */
  readonly onReset: () => void;
  readonly onState: (state: 'lost' | 'found') => void;
}

/** Keeps the cache true: hears of every change of a key or account, and knows how long nothing was heard. */
export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions;
  readonly #stopped = new AbortController();
  readonly #first: Promise<void>;
  #heard: (() => void) | undefined;
  #revision = '0';
  #heardAt = -Infinity;
  #running: Promise<void> | undefined;

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
    this.#first = new Promise((resolve) => (this.#heard = resolve));
  }

  /** How long ago the directory was heard last. */
  get silenceMs(): number {
    return this.#options.monotonicMs() - this.#heardAt;
  }

  /** Begins to watch; resolves when the directory was heard for the first time. */
  start(): Promise<void> {
    this.#running = this.#run();
    return this.#first;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let waitMs = retryMsMin; !signal.aborted; ) {
      const heardBefore = this.#heardAt;
      await this.#follow();
      if (signal.aborted) return;
      waitMs = this.#heardAt > heardBefore ? retryMsMin : Math.min(waitMs * 2, retryMsMax);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Follows one stream until it ends, breaks, or falls silent. */
  async #follow(): Promise<void> {
    const silent = new AbortController();
    const startedAt = this.#options.monotonicMs();
    const guard = setInterval(() => {
      const since = Math.max(this.#heardAt, startedAt);
      if (this.#options.monotonicMs() - since > heartbeatMissedMs) silent.abort();
    }, heartbeatMissedMs / 3);
    const signal = AbortSignal.any([silent.signal, this.#stopped.signal]);
    // Without a revision to go on from, what changed since the last stream is not known.
    let isGap = this.#heardAt > -Infinity && this.#revision === '0';
    try {
      for await (const event of this.#options.client.Watch({ fromRevision: this.#revision }, { signal })) {
        if (isGap) this.#options.onReset();
        isGap = false;
        this.#take(event);
      }
    } catch {
      // However it ended, it is opened again; the silence is what counts.
    } finally {
      clearInterval(guard);
      if (!this.#stopped.signal.aborted) this.#options.onState('lost');
    }
  }

  #take(event: WatchEvent__Output): void {
    const { onChange, onReset, onState, monotonicMs } = this.#options;
    if (this.silenceMs > heartbeatMissedMs) onState('found');
    this.#heardAt = monotonicMs();
    this.#revision = event.revision;
    this.#heard?.();
    if (event.event === 'keyId') onChange(event.keyId as Buffer);
    else if (event.event === 'accountId') onChange(event.accountId as Buffer);
    else if (event.event === 'reset') onReset();
  }
}
