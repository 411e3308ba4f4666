import { TestEdge } from '../support/make.ts';
import { charge } from '@tacet/pricing';
import type { UsageRecord } from '@tacet/usage';

/** Rates by price version; a charge is `ceil((3·in + cached + 7·out) / 4)`, or with 4, 1 and 9. */
export const prices = new Map([
  [1, { inputPico: 750n, cachedPico: 250n, outputPico: 1_750n }],
  [2, { inputPico: 1_000n, cachedPico: 250n, outputPico: 2_250n }],
]);

/** Input, cached and output tokens. */
export type Counts = readonly [number, number, number];

export function cost(price: number, [input, cached, output]: Counts): bigint {
  return charge(prices.get(price)!, { input: BigInt(input), cached: BigInt(cached), output: BigInt(output) });
}

/** Names a lease: the account, and whether it is the key's own. */
export interface LeaseName {
  readonly account: number;
  readonly byKey: boolean;
}

export const nameOf = ({ account, byKey }: LeaseName) => `${account}${byKey ? ' by key' : ''}`;

/** An edge's side of a lease. `want` and `version` are of the newest SetLease sent, `got` is the local limit. */
export interface EdgeLease {
  readonly name: LeaseName;
  version: bigint;
  want: bigint;
  got: bigint;
  settled: bigint;
  reserved: bigint;
  shrinking: boolean;
  /** What checkpoints charged above the final stays reserved until `applied` has passed the final. */
  peaks: { readonly seq: bigint; readonly amount: bigint }[];
}

/** A running request, as its slot on disk has it. */
export interface Slot {
  readonly epoch: number;
  readonly lease: LeaseName;
  readonly price: number;
  readonly noLog: boolean;
  readonly requestId: Buffer;
  counts: Counts;
  reserved: bigint;
  cap: number;
}

export interface Total {
  readonly epoch: number;
  readonly lease: LeaseName;
  readonly price: number;
  version: bigint;
  counts: Counts;
}

interface Clocks {
  readonly mono: number;
  readonly wall: number;
  readonly boot: number;
}

/** One edge: what is on its disk (epoch, slots, outbox, totals) and what is in its memory. */
export class EdgeModel {
  readonly edge = new TestEdge();
  readonly index: number;
  epoch = 0;
  readonly slots = new Map<number, Slot>();
  /** By account, which has a partition of its own. */
  readonly outbox: [UsageRecord[], UsageRecord[]] = [[], []];
  readonly totals = new Map<string, Total>();
  absorbedLast: number | undefined;
  foldedEpochs = new Set<number>();
  acknowledged = new Map<string, bigint>();
  lost = false;
  mono = 0;
  wall = 0;
  bootTime = 0;
  pausedUntil = 0;
  downUntil = 0;
  cutOffUntil = 0;
  pauseKind: 'stop' | 'suspend' | 'freeze' = 'stop';
  /** When it was last disturbed: until a lifetime later it may be held for lost. */
  disturbedUntil = 0;
  frozenUntil = 0;
  // In memory: gone with the process.
  leases = new Map<string, EdgeLease>();
  versions = 0n;
  heartbeats = 0;
  sent = new Map<number, Clocks>();
  answered = 0;
  last: Clocks = { mono: -1e9, wall: -1e9, boot: -1e9 };
  opened = false;
  nextHeartbeat = 0;
  published: [number, number] = [0, 0];
  base: bigint[] = [];

  constructor(index: number) {
    this.index = index;
    this.boot();
  }

  boot(): void {
    this.epoch++;
    this.leases = new Map();
    this.versions = 0n;
    this.heartbeats = 0;
    this.sent = new Map();
    this.answered = 0;
    this.last = { mono: -1e9, wall: -1e9, boot: -1e9 };
    this.opened = false;
    this.nextHeartbeat = 0;
    if (this.epoch > 1) this.published = [0, 0];
    this.base = this.edge.base;
  }

  get clocks(): Clocks {
    return { mono: this.mono, wall: this.wall, boot: this.bootTime };
  }

  /** Since the sending of the last answered heartbeat, by the largest of three clocks. */
  get age(): number {
    return Math.max(this.mono - this.last.mono, this.wall - this.last.wall, this.bootTime - this.last.boot);
  }

  lease(name: LeaseName): EdgeLease {
    const key = nameOf(name);
    const lease = this.leases.get(key) ?? { name, version: 0n, want: 0n, got: 0n, settled: 0n, reserved: 0n, shrinking: false, peaks: [] };
    this.leases.set(key, lease);
    return lease;
  }
}
