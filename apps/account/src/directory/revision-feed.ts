import type { Connection, Pool, Queryable } from '@tacet/database';
import type { WatchEvent } from '@tacet/rpc/types/directory/v1/WatchEvent';
import { idBytes } from '../identifiers.ts';
import { revisionChannel } from './record-revision.ts';

/** How often revisions are read even when no NOTIFY came. */
const pollMs = 200;
/** Each read goes back this far again, in case an older revision became visible after a newer one. */
const rereadSeconds = 10;
/** A watcher that hears nothing else hears this often that the directory is alive. */
const heartbeatMs = 250;
/** … but only while the newest successful read began less than this ago. */
const freshMs = 600;
/** More events than this in one read, or waiting for one slow watcher, are told as one `reset`. */
const eventsMax = 10_000;

export interface FeedReports {
  /** Reads fail: watchers hear nothing until they succeed again. Told once for each outage. */
  onStale(error: unknown): void;
  onWatchers(count: number): void;
}

/** Tells watchers what changed. */
export interface RevisionFeed {
  /** Everything since a revision (0 = from now), then changes as they happen, with heartbeats. Ends with `signal` or `stop`. */
  watch(fromRevision: bigint, signal: AbortSignal): AsyncGenerator<WatchEvent>;
  /** Ends all watches and closes the feed's connection. */
  stop(): Promise<void>;
}

interface RevisionRow {
  revision: bigint;
  key_id: string | null;
  account_id: string | null;
}

const columns = 'revision, key_id, account_id';

/** Starts a feed: returns after its first read, throws when that fails. */
export async function startRevisionFeed(pool: Pool, reports: FeedReports): Promise<RevisionFeed> {
  const feed = new Feed(pool, reports);
  await feed.start();
  return feed;
}

class Feed implements RevisionFeed {
  readonly #pool: Pool;
  readonly #reports: FeedReports;
  readonly #watchers = new Set<Watcher>();
  readonly #stopping = new AbortController();
  #connection: Connection | undefined;
  #newest = 0n;
  /** Revisions of the last read that lie within the time that every read goes back. */
  #recent: ReadonlySet<bigint> = new Set();
  #freshUntil = 0;
  #stale = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;

  constructor(pool: Pool, reports: FeedReports) {
    this.#pool = pool;
    this.#reports = reports;
  }

  async start(): Promise<void> {
    await this.#read(true);
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    for (const watcher of this.#watchers) watcher.wake();
    await this.#loop;
    this.#disconnect();
  }

  async *watch(fromRevision: bigint, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const watcher = new Watcher();
    const wake = () => watcher.wake();
    const ended = () => signal.aborted || this.#stopping.signal.aborted;
    // Before the replay is read: nothing can fall between the two.
    this.#watchers.add(watcher);
    this.#reports.onWatchers(this.#watchers.size);
    signal.addEventListener('abort', wake);
    try {
      let told = fromRevision === 0n ? this.#newest : fromRevision;
      const at = (revision: bigint) => (told = revision > told ? revision : told).toString();
      const missed = fromRevision === 0n ? [] : await replay(this.#pool, fromRevision);
      for (const { revision, ...event } of missed) yield { revision: at(revision), ...event };
      if (missed.length === 0) yield { revision: at(told), heartbeat: {} };
      while (!ended()) {
        const next = watcher.take();
        if (next) yield { ...next, revision: at(next.revision) };
        else if (!(await watcher.wait(heartbeatMs)) && !ended() && performance.now() < this.#freshUntil)
          yield { revision: at(this.#newest), heartbeat: {} };
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#watchers.delete(watcher);
      this.#reports.onWatchers(this.#watchers.size);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#pause();
      if (signal.aborted) return;
      try {
        await this.#read(false);
        this.#stale = false;
      } catch (error) {
        this.#disconnect();
        if (!this.#stale) this.#reports.onStale(error);
        this.#stale = true;
      }
    }
  }

  /** Until the next poll is due or a NOTIFY arrives. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #read(first: boolean): Promise<void> {
    const beganAt = performance.now();
    const connection = (this.#connection ??= await this.#connect());
    const { rows } = await connection.query<RevisionRow>(
      `SELECT ${columns} FROM account.key_revision
       WHERE revision > $1 OR created_at > clock_timestamp() - interval '${rereadSeconds} seconds' ORDER BY revision DESC LIMIT $2`,
      [this.#newest, eventsMax],
    );
    rows.reverse();
    const fresh = first ? [] : rows.filter(({ revision }) => !this.#recent.has(revision));
    this.#recent = new Set(rows.map(({ revision }) => revision));
    for (const { revision } of rows) if (revision > this.#newest) this.#newest = revision;
    this.#freshUntil = beganAt + freshMs;
    this.#tell(fresh);
  }

  #tell(rows: readonly RevisionRow[]): void {
    if (rows.length === 0) return;
    const events = rows.length === eventsMax ? [{ revision: this.#newest, reset: {} }] : rows.map(toChange);
    for (const watcher of this.#watchers) watcher.push(events);
  }

  /** A connection of the feed's own, so that no other work of the process can hold it up. */
  async #connect(): Promise<Connection> {
    const connection = await this.#pool.connect();
    const drop = () => {
      if (this.#connection === connection) this.#disconnect();
    };
    connection.on('error', drop);
    connection.on('notification', () => this.#wake?.());
    try {
      await connection.query(`LISTEN ${revisionChannel}`);
    } catch (error) {
      connection.release(true);
      throw error;
    }
    return connection;
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.removeAllListeners('notification');
    connection?.release(true);
  }
}

/** A change on its way to a watcher. */
type Change = { readonly revision: bigint } & Omit<WatchEvent, 'revision'>;

/** What one watcher has still to be told. */
class Watcher {
  #changes: Change[] = [];
  #resolve: ((told: boolean) => void) | undefined;

  push(changes: readonly Change[]): void {
    const last = changes.at(-1);
    // A reader this slow looks everything up again.
    if (last && this.#changes.length + changes.length > eventsMax) this.#changes = [{ revision: last.revision, reset: {} }];
    else this.#changes.push(...changes);
    this.wake();
  }

  take(): Change | undefined {
    return this.#changes.shift();
  }

  wake(): void {
    this.#resolve?.(true);
  }

  /** Resolves true when woken, false after `ms`. */
  async wait(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#resolve = resolve;
    const timer = setTimeout(() => resolve(false), ms);
    const woken = await promise;
    clearTimeout(timer);
    this.#resolve = undefined;
    return woken;
  }
}

/**
 * What a watcher missed since a revision, or a `reset` when rows after it are no longer kept. It goes back another
 * 10 seconds before that revision, in case one with a smaller number became visible later.
 */
async function replay(db: Queryable, fromRevision: bigint): Promise<readonly Change[]> {
  const { rows } = await db.query<{ oldest: bigint | null; newest: bigint | null } & (RevisionRow | { revision: null })>(
    `SELECT bounds.oldest, bounds.newest, missed.*
     FROM (SELECT min(revision) AS oldest, max(revision) AS newest FROM account.key_revision) AS bounds
     LEFT JOIN LATERAL (
       SELECT ${columns} FROM account.key_revision
       WHERE revision > $1
          OR created_at > (SELECT created_at FROM account.key_revision WHERE revision = $1) - interval '${rereadSeconds} seconds'
       ORDER BY revision LIMIT $2) AS missed ON true`,
    [fromRevision, eventsMax],
  );
  const { oldest, newest } = { oldest: rows[0]?.oldest ?? 0n, newest: rows[0]?.newest ?? 0n };
  // A revision from the future was given by a database that has since been restored from a backup.
  if (fromRevision < oldest - 1n || fromRevision > newest || rows.length === eventsMax) return [{ revision: newest, reset: {} }];
  return rows.flatMap((row) => (row.revision === null ? [] : [toChange(row)]));
}

/** A row as an event; a row whose ids were erased with their account tells to drop everything. */
function toChange({ revision, key_id: keyId, account_id: accountId }: RevisionRow): Change {
  if (keyId !== null) return { revision, keyId: idBytes(keyId) };
  if (accountId !== null) return { revision, accountId: idBytes(accountId) };
  return { revision, reset: {} };
}
