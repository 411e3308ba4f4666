import type { Counts, EdgeModel } from './edge-model.ts';

/** A sentence of the protocol that does not hold. */
export class Violation extends Error {}

/** What really happened to a request, which only the world knows. */
export interface Truth {
  readonly account: number;
  readonly price: number;
  readonly noLog: boolean;
  readonly edge: EdgeModel;
  readonly requestId: Buffer;
  counts: Counts;
  recorded: Counts;
  final: boolean;
  /** A tick was delivered and not recorded: the process was killed in between. */
  tick: boolean;
  peak: bigint;
}
