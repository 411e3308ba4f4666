import { TacetError } from '@tacet/errors';
import type { Seqs } from '../spool/segment.ts';
import type { LeaseKey, LeaseTarget } from './lease.ts';
import { LeaseEntry, type LeaseWaiter } from './lease-entry.ts';
import { refusalError, type LeaseRefusal } from './lease-refusal.ts';
import type { ProtocolTimes } from './protocol-times.ts';

/** Leases of one epoch that an edge knows; each takes about 500 bytes. Beyond it new accounts get `overloaded`. */
export const leasesMax = 1_000_000;
/** Leases in one heartbeat; where more are open, the heartbeats take turns. */
export const leasesPerHeartbeatMax = 20_000;
/** SetLease calls under way at once. */
export const setLeaseCallsMax = 256;
/** How long a refusal of billing is taken for granted. */
export const refusalKeptMs = 250;
/** Between two tries of a SetLease that was not answered. */
const retryMs = 250;

/** What a request needs of a lease. */
export type LeaseNeed = Pick<LeaseWaiter, 'wantNano' | 'minimumNano' | 'isExtension'>;

/** What billing answers to a SetLease, in nano-USD. */
export interface LeaseAnswer {
  readonly version: number;
  readonly grantedNano: bigint;
  readonly postedNano: bigint;
  readonly heldNano: bigint;
  readonly overdraftNano: bigint;
  readonly refusal: LeaseRefusal;
}

export interface LeaseBookOptions {
  readonly times: ProtocolTimes;
  readonly monotonicMs: () => number;
  /** Throws `TacetError` (`fenced`), or anything else when no answer came. */
  readonly setLease: (key: LeaseKey, target: LeaseTarget) => Promise<LeaseAnswer>;
  readonly onFenced: () => void;
  readonly onRefused: () => void;
  /** Waits; an argument so that a model need not. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A final that charges less than a checkpoint did, which billing may still stand at. */
export interface ChargePeak {
  readonly partition: number;
  /** Of the final. */
  readonly seq: number;
  readonly amountNano: bigint;
}

/**
 * All leases of an edge in one epoch. Reserving is arithmetic in memory; only a lease that does not suffice
 * costs a call to billing, which all who need the same lease share.
 */
export class LeaseBook {
  readonly #options: LeaseBookOptions;
  readonly #entries = new Map<string, LeaseEntry>();
  /** Leases that are open or were changed not long ago: what heartbeats repeat. */
  readonly #recent = new Map<string, LeaseEntry>();
  #version = 0;
  #calls = 0;
  #callsWaiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
  }

  /** The lease of an account (or of a key with a spend limit). Throws `overloaded` when there are too many. */
  entryOf(key: LeaseKey): LeaseEntry {
    const known = this.#entries.get(key.name);
    if (known) return known;
    if (this.#entries.size >= leasesMax) throw new TacetError('overloaded');
    const entry = new LeaseEntry(key, this.#options.monotonicMs());
    this.#entries.set(key.name, entry);
    return entry;
  }

  /** Reserves in memory, if the lease suffices and nobody is before. */
  tryReserve(entry: LeaseEntry, amountNano: bigint): boolean {
    if (this.#isClosed || entry.waiters.length > 0 || !entry.lease.reserve(amountNano)) return false;
    const now = this.#options.monotonicMs();
    entry.usedAt = now;
    entry.noteNeed(amountNano);
    this.#growAhead(entry, now);
    return true;
  }

  /**
   * Reserves what is wanted, letting the lease grow where it must; as little as the minimum where the account
   * has no more. Resolves with what was reserved. Rejects with a `TacetError`: refused by billing, or
   * `cannot_meter` when `signal` is aborted or the epoch ends.
   */
  obtain(entry: LeaseEntry, need: LeaseNeed, signal: AbortSignal): Promise<bigint> {
    const { wantNano, minimumNano } = need;
    if (this.#isClosed || signal.aborted) return Promise.reject(new TacetError('cannot_meter'));
    if (this.tryReserve(entry, wantNano)) return Promise.resolve(wantNano);
    const now = this.#options.monotonicMs();
    if (entry.refusal && entry.refusal.untilMs > now && entry.lease.freeNano < minimumNano) return Promise.reject(entry.refusal.error);
    entry.noteNeed(wantNano);
    entry.usedAt = now;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        entry.waiters = entry.waiters.filter((waiting) => waiting !== waiter);
        reject(new TacetError('cannot_meter'));
      };
      const settled = () => signal.removeEventListener('abort', onAbort);
      const waiter: LeaseWaiter = {
        ...need,
        resolve: (reserved) => {
          settled();
          resolve(reserved);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      entry.waiters.push(waiter);
      void this.#ask(entry);
    });
  }

  /** A reservation ends with a charge of at most as much. */
  settle(entry: LeaseEntry, reservedNano: bigint, chargeNano: bigint, peak?: ChargePeak): void {
    const now = this.#options.monotonicMs();
    // Before the reservation ends, so that nobody can draw from what the peak still needs.
    if (peak) entry.lease.keepPeak(peak.partition, peak.seq, peak.amountNano);
    entry.lease.settle(reservedNano, chargeNano);
    entry.usedAt = now;
    entry.noteSpent(chargeNano, now, this.#options.times.spendWindowMs);
    this.#noteChange(entry, now);
    this.#serve(entry, undefined);
  }

  /** What heartbeats repeat. */
  recentTargets(): { readonly key: LeaseKey; readonly target: LeaseTarget }[] {
    const since = this.#options.monotonicMs() - this.#options.times.recentLeaseMs;
    const targets = [];
    for (const [name, entry] of this.#recent) {
      if (!entry.lease.isOpen && entry.changedAt < since) this.#recent.delete(name);
      else if (targets.length < leasesPerHeartbeatMax) {
        targets.push({ key: entry.key, target: entry.lease.target });
        // To the end of the line, so that the next heartbeat begins with others.
        if (this.#recent.size > leasesPerHeartbeatMax) {
          this.#recent.delete(name);
          this.#recent.set(name, entry);
        }
      }
    }
    return targets;
  }

  /** Takes a grant that a heartbeat was answered with. */
  adopt(name: string, version: number, grantedNano: bigint): void {
    const entry = this.#entries.get(name);
    if (entry?.lease.adopt(version, grantedNano)) this.#serve(entry, undefined);
  }

  noteApplied(applied: Seqs): void {
    for (const entry of this.#recent.values()) entry.lease.noteApplied(applied);
  }

  /** Other edges wait for this account's money: what is not in use goes back. */
  shrink(name: string): void {
    const entry = this.#entries.get(name);
    if (entry && entry.lease.freeNano > 0n) void this.#giveBack(entry);
  }

  /** Gives back leases that nobody drew from for a while. */
  sweepIdle(): void {
    const before = this.#options.monotonicMs() - this.#options.times.idleLeaseMs;
    for (const entry of this.#recent.values()) if (entry.usedAt < before && entry.lease.freeNano > 0n) void this.#giveBack(entry);
  }

  /** Gives back everything that is not in use; resolves when billing has answered, or `signal` is aborted. */
  async giveAllBack(signal: AbortSignal): Promise<void> {
    const open = [...this.#recent.values()].filter(({ lease }) => lease.freeNano > 0n);
    await Promise.all(open.map((entry) => this.#giveBack(entry, signal)));
  }

  /** The epoch has ended: who waits is turned away, later answers change nothing. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) for (const waiter of entry.waiters.splice(0)) waiter.reject(new TacetError('cannot_meter'));
    for (const resume of this.#callsWaiting.splice(0)) resume();
  }

  async #giveBack(entry: LeaseEntry, signal?: AbortSignal): Promise<void> {
    if (entry.isAsking) return;
    entry.isAsking = true;
    const target = this.#beginAsk(entry, entry.lease.usedNano);
    await this.#send(entry, target, () => signal?.aborted === true);
    entry.isAsking = false;
    if (entry.waiters.length > 0) void this.#ask(entry);
  }

  /** Asks ahead of need, in the background, for an account that spends steadily. */
  #growAhead(entry: LeaseEntry, now: number): void {
    const { lease } = entry;
    if (entry.isAsking || entry.availableNano <= 0n || entry.aheadAfter > now) return;
    const spare = entry.spareNano(now, this.#options.times.spendWindowMs);
    if (lease.freeNano * 2n >= spare) return;
    entry.aheadAfter = now + this.#options.times.heartbeatMs;
    void this.#ask(entry, spare);
  }

  /** Lets a lease grow until nobody waits or billing refuses. */
  async #ask(entry: LeaseEntry, aheadNano = 0n): Promise<void> {
    if (entry.isAsking) return;
    entry.isAsking = true;
    let ahead = aheadNano;
    while (!this.#isClosed && (entry.waiters.length > 0 || ahead > 0n)) {
      const spare = entry.spareNano(this.#options.monotonicMs(), this.#options.times.spendWindowMs);
      const wanted = entry.waiters.reduce((sum, { wantNano }) => sum + wantNano, spare > ahead ? spare : ahead);
      const isAhead = ahead > 0n;
      ahead = 0n;
      await this.#send(entry, this.#beginAsk(entry, entry.lease.usedNano + wanted), () => !isAhead && entry.waiters.length === 0);
    }
    entry.isAsking = false;
  }

  #beginAsk(entry: LeaseEntry, targetNano: bigint): LeaseTarget {
    this.#noteChange(entry, this.#options.monotonicMs());
    return entry.lease.ask(++this.#version, targetNano);
  }

  #noteChange(entry: LeaseEntry, nowMs: number): void {
    entry.changedAt = nowMs;
    this.#recent.set(entry.key.name, entry);
  }

  /** Sends one target until it is answered; gives up when `isMoot` says so (a heartbeat repeats it then). */
  async #send(entry: LeaseEntry, target: LeaseTarget, isMoot: () => boolean): Promise<void> {
    while (!this.#isClosed && entry.lease.target.version === target.version) {
      const answer = await this.#call(entry.key, target);
      if (this.#isClosed) return;
      if (answer) {
        entry.availableNano = answer.postedNano - answer.heldNano + answer.overdraftNano;
        if (entry.lease.adopt(answer.version, answer.grantedNano)) this.#serve(entry, answer);
        return;
      }
      if (isMoot()) return;
      await this.#options.wait(retryMs);
      // A heartbeat may have been answered meanwhile.
      if (!entry.lease.isGrowing && entry.waiters.length === 0) return;
    }
  }

  async #call(key: LeaseKey, target: LeaseTarget): Promise<LeaseAnswer | undefined> {
    if (this.#calls >= setLeaseCallsMax) await new Promise<void>((resolve) => this.#callsWaiting.push(resolve));
    if (this.#isClosed) return undefined;
    this.#calls++;
    try {
      return await this.#options.setLease(key, target);
    } catch (error) {
      if (error instanceof TacetError && error.code === 'fenced') this.#options.onFenced();
      return undefined;
    } finally {
      this.#calls--;
      this.#callsWaiting.shift()?.();
    }
  }

  /** Serves who waits, first come first; with a refusal, whoever does not fit is told so. */
  #serve(entry: LeaseEntry, answer: LeaseAnswer | undefined): void {
    const { lease } = entry;
    const isRefusal = answer !== undefined && answer.refusal !== 'none';
    while (entry.waiters[0]) {
      const [waiter] = entry.waiters;
      if (lease.reserve(waiter.wantNano)) {
        entry.waiters.shift();
        waiter.resolve(waiter.wantNano);
        continue;
      }
      if (!isRefusal) return;
      entry.waiters.shift();
      this.#settleRefused(entry, waiter, answer);
    }
  }

  /** The account has no more: the waiter gets what there is, if that will do. */
  #settleRefused(entry: LeaseEntry, waiter: LeaseWaiter, { refusal }: LeaseAnswer): void {
    const { lease } = entry;
    const free = lease.freeNano;
    const isPoor = refusal === 'insufficient_balance' || refusal === 'key_limit';
    const mayClamp = isPoor || (waiter.isExtension && refusal === 'in_flight');
    if (mayClamp && free >= waiter.minimumNano && free > 0n && lease.reserve(free)) return waiter.resolve(free);
    // Money that requests of this edge hold comes back, at least in part, when they end.
    const isHeldHere = isPoor && free + lease.reservedNano >= waiter.minimumNano;
    const error = refusalError(isHeldHere ? 'in_flight' : refusal);
    entry.refusal = { error, untilMs: this.#options.monotonicMs() + refusalKeptMs };
    this.#options.onRefused();
    waiter.reject(error);
  }
}
