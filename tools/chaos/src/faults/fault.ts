import type { Dice } from '../dice.ts';
import type { FaultLog } from '../fault-log.ts';
import type { ClientReceipt } from '../load.ts';
import type { Stage } from '../stage.ts';
import type { Targets } from '../targets.ts';

/** What a fault may touch. */
export interface FaultScene {
  readonly stage: Stage;
  readonly targets: Targets;
  readonly dice: Dice;
  readonly log: FaultLog;
  /** Names of what a fault is happening to: servers, proxies, prices. */
  readonly busy: Set<string>;
  /** Of everything that was asked; whoever asks adds to it. */
  readonly receipts: ClientReceipt[];
}

/** A kind of fault. */
export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Processes that it kills with SIGKILL. */
  readonly kills: number;
  /** Begins it and resolves when it is over; undefined where everything that it could happen to is taken. */
  begin(scene: FaultScene): Promise<void> | undefined;
}

/** Keeps what a fault happens to from other faults until it is over. */
export async function whileBusy(busy: Set<string>, name: string, happen: () => Promise<void>): Promise<void> {
  busy.add(name);
  try {
    await happen();
  } finally {
    busy.delete(name);
  }
}
