export type { DemoBehaviour } from './behaviour.ts';
export type { DemoWorkerOptions, Engine } from './options.ts';
export type { Receipt, Totals } from './receipts.ts';
export type { RecordedRequest } from './recorder.ts';
export { startDemoWorker, type DemoWorker } from './start-demo-worker.ts';
