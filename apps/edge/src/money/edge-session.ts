import { setTimeout as sleep } from 'node:timers/promises';
import { TacetError } from '@tacet/errors';
import type { HeartbeatResponse__Output } from '@tacet/rpc/types/ledger/v1/HeartbeatResponse';
import type { OpenEdgeSessionResponse__Output } from '@tacet/rpc/types/ledger/v1/OpenEdgeSessionResponse';
import type { NoLogVersion__Output } from '@tacet/rpc/types/usage/v1/NoLogVersion';
import type { Seqs } from '../spool/segment.ts';
import type { Catalogue } from './catalogue.ts';
import { fromPartitionSeqs, fromSetLease, nameOfLeaseKey, toLeaseTarget, toPartitionSeqs, type Ledger } from './ledger-messages.ts';
import { LeaseBook } from './lease-book.ts';
import { protocolTimes, type ProtocolTimes } from './protocol-times.ts';
import { ageMs, type Moment } from './session-age.ts';

/** How long all clocks need not be read again within a tick. */
const freshMs = 20;
/** First and longest wait between two tries to open a session. */
const openRetryMs = 100;
const openRetryMsMax = 2_000;
const callDeadlineMsMin = 1_000;
/** Difference to the database's clock that is told, and that makes an edge unfit for traffic. */
const skewToldMs = 5_000;
const skewMsMax = 60_000;

/** What the session tells the rest of the edge. */
export interface SessionListener {
  /** What is applied, as an answer to a question of `askedAtMs` (monotonic). Older answers never come after newer ones. */
  onApplied(applied: Seqs, askedAtMs: number): void;
  onNoLog(versions: readonly NoLogVersion__Output[], foldedEpochs: readonly number[]): void;
  /** A new epoch has begun: this is what belongs to it. */
  onEpoch(epoch: number, base: Seqs, times: ProtocolTimes): void;
  /** Every running request must end now, with its records written. */
  onCut(why: 'session_expired' | 'fenced'): void;
  onSuspended(accountIds: readonly Buffer[]): void;
  onSkew(state: 'told' | 'unfit' | 'well', skewMs: number): void;
  onOpenFailed(error: unknown): void;
  onRefused(): void;
}

export interface EdgeSessionOptions {
  readonly ledger: Ledger;
  readonly identity: { readonly edgeId: Buffer; readonly epoch: number; raiseEpoch(): number };
  /** The last seq of each partition in the outbox. */
  readonly lastSeqs: () => Seqs;
  readonly now: () => Moment;
  /** The monotonic clock of `now` alone, for what needs no other. */
  readonly monotonicMs: () => number;
  readonly catalogue: Catalogue;
  readonly listener: SessionListener;
}

/** The spool is older than what billing knows of it: it was restored from a copy, and its seqs are taken. */
export class SpoolRestoredError extends Error {
  override readonly name = 'SpoolRestoredError';

  constructor() {
    super('the spool is older than what billing has applied of it; it was restored from a copy and must not be used');
  }
}

/**
 * The edge's session with billing: one epoch after the other, kept alive by heartbeats. Its age decides
 * whether anything may be admitted or forwarded; it counts from the sending of the last heartbeat that was
 * answered, by the clock that shows most.
 */
export class EdgeSession {
  readonly #options: EdgeSessionOptions;
  readonly #suspended = new Set<string>();
  #times = protocolTimes(300_000);
  #book: LeaseBook | undefined;
  #base: Seqs = [];
  #last: Moment = { monotonicMs: -Infinity, wallMs: -Infinity, bootMs: -Infinity };
  #number = 0;
  #answered = 0;
  #stateRevision = '0';
  #isOpen = false;
  #freshUntilMs = 0;
  #isBeating = false;
  #hasCut = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #stopped = new AbortController();

  constructor(options: EdgeSessionOptions) {
    this.#options = options;
  }

  get times(): ProtocolTimes {
    return this.#times;
  }

  get epoch(): number {
    return this.#options.identity.epoch;
  }

  /** The leases of this epoch. Throws `cannot_meter` while there is no session. */
  get book(): LeaseBook {
    if (!this.#book || !this.#isOpen) throw new TacetError('cannot_meter');
    return this.#book;
  }

  /** Whether a request may be admitted now. */
  get mayAdmit(): boolean {
    return this.#isOpen && this.#age < this.#times.admitAgeMs;
  }

  /** Age of the session, in milliseconds. */
  get #age(): number {
    return ageMs(this.#last, this.#options.now());
  }

  isSuspended(accountId: Buffer): boolean {
    return this.#suspended.size > 0 && this.#suspended.has(accountId.toString('hex'));
  }

  /**
   * Whether bytes of a worker may be forwarded now; cuts everything when not. What was found holds for the rest of a tick,
   * but for no more than `freshMs`: a process can be stopped in the middle of one.
   */
  mayForward(): boolean {
    const nowMs = this.#options.monotonicMs();
    if (nowMs < this.#freshUntilMs) return true;
    if (!this.#isOpen || this.#cutIfOld()) return false;
    this.#freshUntilMs = nowMs + freshMs;
    setImmediate(() => (this.#freshUntilMs = 0));
    return true;
  }

  /** Opens the first session; resolves when it is open. Rejects with `SpoolRestoredError`. */
  async open(): Promise<void> {
    const { identity, lastSeqs, now, ledger, listener } = this.#options;
    // What belongs to this epoch begins behind all that is written now.
    this.#base = [...lastSeqs()];
    for (let waitMs = openRetryMs; !this.#stopped.signal.aborted; waitMs = Math.min(waitMs * 2, openRetryMsMax)) {
      const sentAt = now();
      try {
        const response = await ledger.OpenEdgeSession({ edgeId: identity.edgeId, epoch: identity.epoch, base: toPartitionSeqs(this.#base) });
        return this.#begin(response, sentAt);
      } catch (error) {
        if (error instanceof SpoolRestoredError) throw error;
        listener.onOpenFailed(error);
        if (error instanceof TacetError && error.code === 'fenced') identity.raiseEpoch();
        else await sleep(waitMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }

  /** No heartbeats any more. */
  stop(): void {
    this.#stopped.abort();
    clearInterval(this.#timer);
    this.#isOpen = false;
    this.#book?.close();
  }

  #begin(response: OpenEdgeSessionResponse__Output, sentAt: Moment): void {
    const { identity, catalogue, listener, lastSeqs } = this.#options;
    const applied = fromPartitionSeqs(response.applied);
    if (lastSeqs().some((seq, partition) => seq < (applied[partition] ?? 0))) throw new SpoolRestoredError();
    this.#times = protocolTimes(response.sessionMs);
    catalogue.replace(response.catalogRevision, response.models, response.prices);
    this.#suspended.clear();
    for (const accountId of response.suspendedAccounts) this.#suspended.add(accountId.toString('hex'));
    this.#stateRevision = response.stateRevision;
    this.#last = sentAt;
    this.#number = 0;
    this.#answered = 0;
    this.#hasCut = false;
    this.#book = this.#newBook(identity.epoch);
    this.#isOpen = true;
    this.#watchSkew(response.databaseTimeMs, sentAt);
    listener.onEpoch(identity.epoch, this.#base, this.#times);
    listener.onApplied(applied, sentAt.monotonicMs);
    listener.onNoLog(response.nologVersions, response.foldedEpochs);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), this.#times.heartbeatMs);
    this.#timer.unref();
  }

  #newBook(epoch: number): LeaseBook {
    const { ledger, identity, monotonicMs, listener } = this.#options;
    return new LeaseBook({
      times: this.#times,
      monotonicMs,
      setLease: async (key, target) => {
        const limits = { keyLimitDayNano: String(key.limitDayNano), keyLimitMonthNano: String(key.limitMonthNano), keyLimitTotalNano: String(key.limitTotalNano) };
        return fromSetLease(await ledger.SetLease({ edgeId: identity.edgeId, epoch, target: toLeaseTarget(key, target), ...limits }));
      },
      onFenced: () => this.#fence(epoch),
      onRefused: () => listener.onRefused(),
      wait: (ms) => sleep(ms),
    });
  }

  #tick(): void {
    if (!this.#isOpen) return;
    this.#cutIfOld();
    this.#book?.sweepIdle();
    if (!this.#isBeating) void this.#beat(this.epoch);
  }

  async #beat(epoch: number): Promise<void> {
    const { ledger, identity, now, catalogue } = this.#options;
    this.#isBeating = true;
    const number = ++this.#number;
    const sentAt = now();
    try {
      const leases = this.#book?.recentTargets().map(({ key, target }) => toLeaseTarget(key, target)) ?? [];
      const request = {
        edgeId: identity.edgeId, epoch, number, base: toPartitionSeqs(this.#base), leases,
        catalogRevision: catalogue.revision, stateRevision: this.#stateRevision,
      };
      const response = await ledger.Heartbeat(request, { deadlineMs: Math.max(callDeadlineMsMin, this.#times.heartbeatMs) });
      // The answer to a heartbeat of an epoch that has ended says nothing any more.
      if (epoch === this.epoch && number > this.#answered && this.#isOpen) this.#take(response, number, sentAt);
    } catch (error) {
      if (error instanceof TacetError && error.code === 'fenced') this.#fence(epoch);
      // Everything else: no answer. The session ages.
    } finally {
      this.#isBeating = false;
    }
  }

  #take(response: HeartbeatResponse__Output, number: number, sentAt: Moment): void {
    const { catalogue, listener } = this.#options;
    this.#answered = number;
    this.#last = sentAt;
    this.#hasCut = false;
    if (response.models.length > 0 || response.prices.length > 0) catalogue.replace(response.catalogRevision, response.models, response.prices);
    const suspended: Buffer[] = [];
    const before = new Set(this.#suspended);
    if (response.accountStatesComplete) this.#suspended.clear();
    for (const { accountId, suspended: isSuspended } of response.accountStates) {
      const name = accountId.toString('hex');
      if (isSuspended && !before.has(name)) suspended.push(accountId);
      if (isSuspended) this.#suspended.add(name);
      else this.#suspended.delete(name);
    }
    this.#stateRevision = response.stateRevision;
    const applied = fromPartitionSeqs(response.applied);
    for (const { lease, version, grantedNano } of response.leases) if (lease) this.#book?.adopt(nameOfLeaseKey(lease), Number(version), BigInt(grantedNano));
    this.#book?.noteApplied(applied);
    for (const lease of response.shrink) this.#book?.shrink(nameOfLeaseKey(lease));
    this.#watchSkew(response.databaseTimeMs, sentAt);
    listener.onApplied(applied, sentAt.monotonicMs);
    listener.onNoLog(response.nologVersions, response.foldedEpochs);
    if (suspended.length > 0) listener.onSuspended(suspended);
  }

  /** At 95 % of the lifetime nothing more is forwarded. Returns whether it is so. */
  #cutIfOld(): boolean {
    if (this.#age < this.#times.cutAgeMs) return false;
    this.#freshUntilMs = 0;
    if (!this.#hasCut) {
      this.#hasCut = true;
      this.#options.listener.onCut('session_expired');
    }
    return true;
  }

  /** The epoch has ended for billing: cut, write the finals, begin the next one. */
  #fence(epoch: number): void {
    if (epoch !== this.epoch || !this.#isOpen) return;
    this.#isOpen = false;
    this.#freshUntilMs = 0;
    this.#book?.close();
    const { listener, identity } = this.#options;
    listener.onCut('fenced');
    identity.raiseEpoch();
    this.open().catch((error: unknown) => listener.onOpenFailed(error));
  }

  #watchSkew(databaseTimeMs: string, sentAt: Moment): void {
    const middle = (sentAt.wallMs + this.#options.now().wallMs) / 2;
    const skewMs = Math.abs(Number(databaseTimeMs) - middle);
    this.#options.listener.onSkew(skewMs > skewMsMax ? 'unfit' : skewMs > skewToldMs ? 'told' : 'well', Math.round(skewMs));
  }
}
