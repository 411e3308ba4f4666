import { Counters } from './counters.ts';
import { dialectOf } from './dialects/dialect-of.ts';
import type { Dialect } from './dialects/dialect.ts';
import { FaultQueue } from './fault-queue.ts';
import type { Settings } from './options.ts';
import { Receipts } from './receipts.ts';
import { Recorder } from './recorder.ts';
import { Slots } from './slots.ts';

/** What the requests of one worker share. */
export interface WorkerState {
  readonly settings: Settings;
  readonly dialect: Dialect;
  readonly receipts: Receipts;
  readonly recorder: Recorder;
  readonly faults: FaultQueue;
  readonly slots: Slots;
  readonly counters: Counters;
}

/** The state of a worker that nobody asked anything yet. */
export function createWorkerState(settings: Settings): WorkerState {
  return {
    settings,
    dialect: dialectOf(settings.engine),
    receipts: new Receipts(),
    recorder: new Recorder(),
    faults: new FaultQueue(),
    slots: new Slots(settings.slots),
    counters: new Counters(settings.models),
  };
}
