import { absorbedMax, type Admission, type TotalContent } from './slot.ts';
import type { SlotsFile } from './slots.ts';

/** What totals are kept under. */
export type TotalKey = Pick<Admission, 'epoch' | 'accountId' | 'keyId' | 'leaseByKey' | 'priceVersion'>;

/** Counts of a total. */
export type TotalCounts = Pick<TotalContent, 'input' | 'cached' | 'output'>;

/** What a total counted before it took a request in, and counts now. */
export interface Absorbed {
  readonly before: TotalCounts;
  readonly after: TotalCounts;
}

const none: TotalCounts = { input: 0, cached: 0, output: 0 };

/** Longest that folded totals are kept, in UTC days: 24 hours at least. */
const foldedDaysKept = 2;

interface Total {
  readonly index: number;
  content: TotalContent;
}

/**
 * Token totals of no-log requests: all that is kept of them. Cumulative per epoch, account (or key with a
 * spend limit) and price; each change raises the version in the same write.
 */
export class NoLogTotals {
  readonly #slots: SlotsFile;
  readonly #totals = new Map<string, Total>();
  readonly #free: number[] = [];
  /** Totals that are not written as they are now. */
  readonly #held = new Set<Total>();

  constructor(slots: SlotsFile) {
    this.#slots = slots;
    const used = new Set<number>();
    for (const { index, content } of slots.readTotals().found) {
      used.add(index);
      this.#totals.set(nameOf(content), { index, content });
    }
    for (let index = slots.counts.totals - 1; index >= 0; index--) if (!used.has(index)) this.#free.push(index);
  }

  /** Makes sure that a request admitted now can be absorbed later. False: no slot is free. */
  reserve(key: TotalKey): boolean {
    return this.#find(key) !== undefined;
  }

  /**
   * Takes a request into its total, and names its ticket there: the caller clears the request's slot next, and
   * should it die in between, the restart does. Returns the total before and after. Throws when no slot is free, or the disk does.
   */
  absorb(key: TotalKey, counters: TotalCounts, ticket: number): Absorbed {
    if (isNothing(counters)) return this.#unchanged(key);
    const total = this.#require(key);
    const before = total.content;
    total.content = sumOf(before, counters, [ticket, ...before.absorbed].slice(0, absorbedMax));
    this.#held.delete(total);
    this.#slots.setTotalNow(total.index, total.content);
    return { before, after: total.content };
  }

  /** The same for a request whose slot was never written: the total may stay in memory until `release`. */
  hold(key: TotalKey, counters: TotalCounts): Absorbed {
    if (isNothing(counters)) return this.#unchanged(key);
    const total = this.#require(key);
    const before = total.content;
    total.content = sumOf(before, counters, before.absorbed);
    this.#held.add(total);
    return { before, after: total.content };
  }

  /** Hands the totals that are held to the slots, whose next flush writes them. */
  release(): void {
    if (this.#held.size === 0) return;
    for (const total of this.#held) this.#slots.setTotal(total.index, total.content);
    this.#held.clear();
  }

  /** Whether a total names the request, which is then counted already. */
  hasAbsorbed(key: TotalKey, ticket: number): boolean {
    return this.#totals.get(nameOf(key))?.content.absorbed.includes(ticket) ?? false;
  }

  /** Totals of an epoch that count anything. */
  ofEpoch(epoch: number): TotalContent[] {
    return this.all().filter((total) => total.epoch === epoch);
  }

  all(): TotalContent[] {
    // What is told of a version must not be forgotten by a crash.
    this.#flush();
    return [...this.#totals.values()].map(({ content }) => content).filter(({ version }) => version > 0);
  }

  /** Notes that billing has folded an epoch: its totals are kept a while, in case billing forgets. */
  markFolded(epoch: number, day: number): void {
    this.#flush();
    for (const total of this.#totals.values()) {
      if (total.content.epoch !== epoch || total.content.foldedDay !== 0 || total.content.version === 0) continue;
      total.content = { ...total.content, foldedDay: day };
      this.#slots.setTotalNow(total.index, total.content);
    }
  }

  /** Frees what was folded long ago, and reservations of epochs that have ended. */
  removeExpired(day: number, currentEpoch: number): void {
    this.#flush();
    for (const [name, { index, content }] of this.#totals) {
      const isFoldedLongAgo = content.foldedDay !== 0 && day - content.foldedDay >= foldedDaysKept;
      const isUnusedReservation = content.version === 0 && content.epoch < currentEpoch;
      if (!isFoldedLongAgo && !isUnusedReservation) continue;
      this.#slots.clearTotalNow(index);
      this.#totals.delete(name);
      this.#free.push(index);
    }
  }

  /** Writes the totals that are held, and nothing else: slots may have to wait for finals. Throws when the disk does. */
  #flush(): void {
    for (const total of this.#held) this.#slots.setTotalNow(total.index, total.content);
    this.#held.clear();
  }

  #unchanged(key: TotalKey): Absorbed {
    const counts = this.#totals.get(nameOf(key))?.content ?? none;
    return { before: counts, after: counts };
  }

  #require(key: TotalKey): Total {
    const total = this.#find(key);
    if (total === undefined) throw new Error('no slot is free for a no-log total');
    return total;
  }

  #find(key: TotalKey): Total | undefined {
    const name = nameOf(key);
    const known = this.#totals.get(name);
    if (known) return known;
    const index = this.#free.pop();
    if (index === undefined) return undefined;
    const { epoch, accountId, keyId, leaseByKey, priceVersion } = key;
    const total = { index, content: { epoch, accountId, keyId, leaseByKey, priceVersion, version: 0, ...none, foldedDay: 0, absorbed: [] } };
    this.#totals.set(name, total);
    return total;
  }
}

function isNothing({ input, cached, output }: TotalCounts): boolean {
  return input + cached + output === 0;
}

function sumOf(total: TotalContent, counters: TotalCounts, absorbed: readonly number[]): TotalContent {
  const { epoch, accountId, keyId, leaseByKey, priceVersion, version, input, cached, output, foldedDay } = total;
  return {
    epoch, accountId, keyId, leaseByKey, priceVersion,
    version: version + 1,
    input: input + counters.input,
    cached: cached + counters.cached,
    output: output + counters.output,
    foldedDay, absorbed,
  };
}

/** A key id is there only where the lease is the key's own. */
function nameOf({ epoch, accountId, keyId, leaseByKey, priceVersion }: TotalKey): string {
  const account = `${epoch}:${priceVersion}:${accountId.toString('latin1')}`;
  return leaseByKey ? account + keyId.toString('latin1') : account;
}
