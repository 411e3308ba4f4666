import type { FaultLog } from '../fault-log.ts';
import type { ChaosResult } from '../look-at-books.ts';

/** A run without random faults: one story, the same each time. */
export interface Scenario {
  readonly name: string;
  /** What must be so. */
  readonly sentence: string;
  run(log: FaultLog): Promise<ChaosResult>;
}
