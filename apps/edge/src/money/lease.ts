import type { Seqs } from '../spool/segment.ts';

/** What one lease is for, and what billing must know to hold a key to its limits. */
export interface LeaseKey {
  /** Unique text of account (and key), to look leases up by. */
  readonly name: string;
  readonly accountId: Buffer;
  /** Only where the key has a spend limit. */
  readonly keyId: Buffer | undefined;
  /** nano-USD; 0 = no limit of that kind. */
  readonly limitDayNano: bigint;
  readonly limitMonthNano: bigint;
  readonly limitTotalNano: bigint;
}

/** A whole target of a lease, as it is sent. */
export interface LeaseTarget {
  readonly version: number;
  readonly targetNano: bigint;
}

interface Peak {
  readonly partition: number;
  readonly seq: number;
  readonly amountNano: bigint;
}

/**
 * The edge's side of one spend lease, within one epoch; all amounts cumulative, in nano-USD. It keeps the
 * rules that make it impossible to spend what billing has not set aside:
 *
 * - The local limit falls before a smaller target is sent, and rises only with the answer to the newest one.
 * - A target is never below what is settled and reserved.
 * - What a checkpoint charged beyond the final stays reserved until the final is applied: billing may still
 *   stand at the checkpoint.
 */
export class Lease {
  #version = 0;
  #target = 0n;
  #granted = 0n;
  #settled = 0n;
  #reserved = 0n;
  #peaks: Peak[] = [];

  /** The newest target: what the heartbeat repeats. */
  get target(): LeaseTarget {
    return { version: this.#version, targetNano: this.#target };
  }

  /** The local limit. */
  get grantedNano(): bigint {
    return this.#granted;
  }

  get settledNano(): bigint {
    return this.#settled;
  }

  get reservedNano(): bigint {
    return this.#reserved;
  }

  /** What is settled and reserved. */
  get usedNano(): bigint {
    return this.#settled + this.#reserved;
  }

  /** What can still be reserved; negative when billing took a grant back. */
  get freeNano(): bigint {
    return this.#granted - this.#settled - this.#reserved;
  }

  /** Whether the newest target asks for more than is granted: its answer is still to come. */
  get isGrowing(): boolean {
    return this.#target > this.#granted;
  }

  /** Whether billing holds anything for it. */
  get isOpen(): boolean {
    return this.#granted !== this.#settled || this.isGrowing;
  }

  /** Reserves if that much is free. */
  reserve(amountNano: bigint): boolean {
    if (amountNano > this.freeNano) return false;
    this.#reserved += amountNano;
    return true;
  }

  /** A reservation ends without a charge. */
  release(reservedNano: bigint): void {
    this.#reserved -= reservedNano;
    this.#assert();
  }

  /** A reservation ends with a charge, which is at most the reservation. */
  settle(reservedNano: bigint, chargeNano: bigint): void {
    this.#reserved -= reservedNano;
    this.#settled += chargeNano;
    this.#assert();
  }

  /** Keeps the difference between a checkpoint's charge and the final's reserved until the final is applied. */
  keepPeak(partition: number, seq: number, amountNano: bigint): void {
    this.#peaks.push({ partition, seq, amountNano });
    this.#reserved += amountNano;
  }

  /** Lets go of the peaks whose finals are applied. */
  noteApplied(applied: Seqs): void {
    if (this.#peaks.length === 0) return;
    const isApplied = ({ partition, seq }: Peak) => (applied[partition] ?? 0) >= seq;
    for (const peak of this.#peaks) if (isApplied(peak)) this.#reserved -= peak.amountNano;
    this.#peaks = this.#peaks.filter((peak) => !isApplied(peak));
    this.#assert();
  }

  /** Begins a SetLease with the epoch's next version; the target is raised to what is in use. */
  ask(version: number, targetNano: bigint): LeaseTarget {
    const used = this.usedNano;
    this.#version = version;
    this.#target = targetNano > used ? targetNano : used;
    if (this.#target < this.#granted) this.#granted = this.#target;
    return this.target;
  }

  /** Takes an answer of billing. Returns false when it is not the answer to the newest target: it changes nothing. */
  adopt(version: number, grantedNano: bigint): boolean {
    if (version !== this.#version) return false;
    this.#granted = grantedNano;
    this.#target = grantedNano;
    return true;
  }

  #assert(): void {
    if (this.#reserved < 0n || this.#settled < 0n) throw new Error('a lease gave back more than was reserved');
  }
}
